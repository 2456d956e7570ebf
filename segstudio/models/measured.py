"""Facts of the built-in cards, written by `python -m segstudio.models.measure --write`.

Millions of parameters, MB, 1e9 multiply-adds.
"""

from segstudio.models.cards import Measured

MEASURED: dict[str, Measured] = {
    "mff-light": Measured(3.266437, 32, 0.9136),
    "mff-light-entry": Measured(3.156181, 27, 0.8097),
    "mff-light-middle": Measured(3.160789, 27, 0.7452),
    "mff-light-nodilation": Measured(3.114661, 32, 0.8181),
    "mff-light-nodilation-paths": Measured(3.118981, 32, 0.8192),
    "mff-xception65": Measured(41.769413, 315, 140.7544),
    "mff-xception65-entry": Measured(41.403525, 290, 138.6332),
    "mff-xception65-middle": Measured(41.403525, 290, 138.6332),
    "mff-xception65-nodilation": Measured(41.320901, 313, 139.0872),
    "mff-xception65-nodilation-paths": Measured(41.376197, 313, 139.1438),
    "mff-xception65-none": Measured(41.037637, 277, 136.5119),
    "deeplabv3plus-xception65": Measured(41.037637, 275, 51.2172),
    "two-decoder-light": Measured(4.182006, 28, 2.1945),
    "two-decoder-resnet50": Measured(41.534758, 191, 15.9646),
    "unet-classic": Measured(31.037893, 238, 48.1842),
    "unet-light": Measured(3.499797, 25, 1.2414),
    "deeplabv3plus-light": Measured(3.050533, 24, 0.6414),
    "lraspp-mobilenetv3": Measured(3.218818, 54, 1.9637),
    "conv1x1": Measured(2e-05, 11, 0.0039),
    "unet-resnet50": Measured(32.521685, 248, 42.6812),
    "pspnet-resnet50": Measured(29.806661, 304, 108.3221),
    "deeplabv3-resnet50": Measured(39.634757, 309, 163.5627),
    "deeplabv3plus-resnet50": Measured(26.678613, 233, 36.578),
    "bisenet": Measured(12.943173, 91, 14.0227),
    "bisenet-mff": Measured(13.534277, 94, 15.6585),
    "fcn8s-vgg16": Measured(134.294767, 558, 27.6996),
    "deconvnet-vgg16": Measured(251.792133, 1053, 56.6399),
    "unet-inceptionresnetv2": Measured(62.029877, 266, 16.2662),
    "unet@resnet34": Measured(24.436949, 119, 7.8517),
    "unet@vgg16_bn": Measured(19.036629, 107, 24.4706),
    "unet@googlenet": Measured(11.738165, 74, 6.3818),
    "unet@inceptionv4": Measured(48.792501, 216, 15.3614),
    "unet@xception": Measured(28.769981, 139, 10.5523),
    "deeplabv3plus@tu-mobilenetv3_large_100": Measured(4.709125, 39, 1.4199),
    "deeplabv3-mobilenetv3": Measured(11.021365, 84, 9.8218),
    "deeplabv3-resnet50-torchvision": Measured(39.634757, 269, 163.5627),
}
