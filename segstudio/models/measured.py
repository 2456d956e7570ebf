"""Facts of the built-in cards, written by `python -m segstudio.models.measure --write`."""

from segstudio.models.cards import Measured

MEASURED: dict[str, Measured] = {
    "mff-light": Measured(parameters_m=3.266437, memory_mb=32, multiply_adds_g=0.9136),
    "mff-light-entry": Measured(parameters_m=3.156181, memory_mb=27, multiply_adds_g=0.8097),
    "mff-light-middle": Measured(parameters_m=3.160789, memory_mb=27, multiply_adds_g=0.7452),
    "mff-light-nodilation": Measured(parameters_m=3.114661, memory_mb=32, multiply_adds_g=0.8181),
    "mff-light-nodilation-paths": Measured(parameters_m=3.118981, memory_mb=32, multiply_adds_g=0.8192),
    "mff-xception65": Measured(parameters_m=41.769413, memory_mb=315, multiply_adds_g=140.7544),
    "two-decoder-light": Measured(parameters_m=4.182006, memory_mb=28, multiply_adds_g=2.1945),
    "two-decoder-resnet50": Measured(parameters_m=41.534758, memory_mb=191, multiply_adds_g=15.9646),
    "unet-light": Measured(parameters_m=3.499797, memory_mb=25, multiply_adds_g=1.2414),
    "deeplabv3plus-light": Measured(parameters_m=3.050533, memory_mb=24, multiply_adds_g=0.6414),
    "lraspp-mobilenetv3": Measured(parameters_m=3.218818, memory_mb=54, multiply_adds_g=1.9637),
    "conv1x1": Measured(parameters_m=2e-05, memory_mb=11, multiply_adds_g=0.0039),
    "unet-resnet50": Measured(parameters_m=32.521685, memory_mb=248, multiply_adds_g=42.6812),
    "pspnet-resnet50": Measured(parameters_m=29.806661, memory_mb=304, multiply_adds_g=108.3221),
    "deeplabv3-resnet50": Measured(parameters_m=39.634757, memory_mb=309, multiply_adds_g=163.5627),
    "deeplabv3plus-resnet50": Measured(parameters_m=26.678613, memory_mb=233, multiply_adds_g=36.578),
    "bisenet": Measured(parameters_m=12.975877, memory_mb=92, multiply_adds_g=14.0228),
    "bisenet-mff": Measured(parameters_m=13.566981, memory_mb=94, multiply_adds_g=15.6585),
    "fcn8s-vgg16": Measured(parameters_m=134.294767, memory_mb=558, multiply_adds_g=27.6996),
    "deconvnet-vgg16": Measured(parameters_m=251.792133, memory_mb=1053, multiply_adds_g=56.6399),
    "unet-inceptionresnetv2": Measured(parameters_m=62.029877, memory_mb=266, multiply_adds_g=16.2662),
}
