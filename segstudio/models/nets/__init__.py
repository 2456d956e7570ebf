"""Nets: one file per architecture, each with a `build` function that returns a `SegmentationBody`.

A body takes a normalised three-band tensor and gives class scores, and depth where it has a second decoder;
`net.SegmentationNet` puts the gray adapter, the normalisation, the padding and the enlarging around it.
Everything here is torch; weights never come from the network.
"""
