"""Raster in, class ids, doubt and depth out, strip by strip.

`windows` says where to look and `strips` which of it is left to do, `batches` reads and `preprocess` scales
pixels (one function for prediction and training), `ahead` does so in a thread beside the net, `forward` is
what a net is asked through (`torch_forward`, `openvino_forward`), `blend` adds the overlapping answers in
`bands`, `device` knows the machine, `predictor` drives them. May import models, mask and raster; torch only
in the files that are named after it or a device. Turned down: whole-scene score arrays (12.8 GB for
20,000 x 20,000 x 8 classes), loader processes (they fight the net for the same few cores), and ONNX Runtime
beside torch (half as slow again as OpenVINO, and an exporter that needs onnx and knows fewer nets).
"""
