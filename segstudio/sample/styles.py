"""The kinds of places there are: colours, densities and habits of building that fit together."""

from dataclasses import replace

from segstudio.sample.place import Place

# fmt: off
_DESERT = Place(
    style="desert villas", turn=0.3, bend_m=22, superblock_m=330, block_long_m=190, block_short_m=66,
    lot_m=21, street_m=4.5,
    uses=(("villas", 5.0), ("rings", 1.2), ("bare", 3.0), ("towers", 1.0), ("commerce", 1.0),
          ("industry", 0.7), ("park", 0.5), ("marsh", 0.3)),
    soil=(205, 197, 188), soil2=(168, 160, 155), lawn=(84, 90, 66), dry=(150, 140, 118), tree=(58, 68, 50),
    asphalt=(88, 82, 82), paving=(170, 160, 150), water=(18, 32, 27), shallow=(84, 108, 88),
    roofs=((232, 228, 222), (240, 239, 237), (204, 192, 174), (182, 172, 160), (148, 148, 186),
           (190, 112, 80), (212, 206, 200), (118, 114, 112), (150, 146, 144), (92, 94, 100)),
    flat_share=0.7, metal_share=0.1, green=0.35, palms=0.6, pools=0.3, walls=0.8, floors=2, towers=0.1,
    cars=0.5, dirt_streets=0.0, roundabouts=0.6, river=0.0, lakes=0.16, coast=0.0,
)
_SUBURB = Place(
    style="suburb", turn=0.15, bend_m=26, superblock_m=290, block_long_m=150, block_short_m=58,
    lot_m=17, street_m=3.8,
    uses=(("villas", 6.0), ("towers", 1.0), ("park", 1.0), ("commerce", 1.1), ("fields", 0.7),
          ("forest", 0.5), ("bare", 0.4)),
    soil=(158, 140, 118), soil2=(130, 116, 96), lawn=(96, 116, 66), dry=(148, 142, 96), tree=(60, 86, 44),
    asphalt=(112, 112, 114), paving=(160, 158, 152), water=(44, 66, 62), shallow=(104, 116, 88),
    roofs=((92, 92, 100), (70, 73, 80), (168, 88, 62), (150, 72, 56), (122, 94, 78), (74, 100, 152),
           (205, 203, 198), (136, 132, 128)),
    flat_share=0.15, metal_share=0.15, green=0.85, palms=0.0, pools=0.08, walls=0.15, floors=2, towers=0.12,
    cars=0.6, dirt_streets=0.0, roundabouts=0.25, river=0.0, lakes=0.05, coast=0.0,
)
_OLD = replace(
    _SUBURB, style="dense old town", bend_m=38, superblock_m=230, block_long_m=70, block_short_m=40,
    lot_m=11, street_m=2.6,
    uses=(("dense", 7.0), ("commerce", 1.0), ("park", 0.7), ("towers", 0.6), ("villas", 1.0)),
    roofs=((178, 100, 70), (196, 122, 86), (160, 84, 60), (108, 146, 128), (188, 184, 176), (150, 146, 142),
           (84, 86, 94), (128, 100, 84)),
    flat_share=0.5, green=0.35, floors=3, walls=0.3, pools=0.0, roundabouts=0.1, lakes=0.03, river=22,
)
_INDUSTRY = replace(
    _SUBURB, style="industrial", bend_m=10, superblock_m=340, block_long_m=210, block_short_m=110,
    lot_m=32, street_m=5.0,
    uses=(("industry", 7.0), ("commerce", 1.6), ("bare", 1.6), ("villas", 0.6), ("park", 0.4),
          ("dense", 0.4)),
    roofs=((222, 224, 226), (196, 200, 206), (150, 166, 190), (86, 120, 170), (120, 150, 140), (196, 96, 62),
           (164, 160, 154), (228, 220, 200)),
    flat_share=0.4, metal_share=0.8, green=0.4, lakes=0.06, roundabouts=0.15,
)
_FARM = replace(
    _SUBURB, style="farmland and village", bend_m=45, superblock_m=300, block_long_m=120, block_short_m=60,
    lot_m=24, street_m=2.6,
    uses=(("fields", 8.0), ("forest", 1.5), ("villas", 1.6), ("greenhouses", 0.9), ("bare", 0.3)),
    green=0.9, cars=0.3, towers=0.0, dirt_streets=0.25, roundabouts=0.03, river=9, lakes=0.05,
)
_RIVER = replace(
    _SUBURB, style="riverside", bend_m=34, river=42, lakes=0.02,
    uses=(("villas", 3.5), ("towers", 2.5), ("park", 1.3), ("commerce", 1.2), ("dense", 1.6),
          ("forest", 0.4)),
    towers=0.4, flat_share=0.45,
)
_COAST = replace(
    _DESERT, style="coast", coast=1.0, bend_m=30, lakes=0.10, shallow=(86, 142, 134), water=(14, 32, 40),
    soil=(214, 202, 180), soil2=(180, 166, 142),
    uses=(("villas", 3.0), ("bare", 2.6), ("towers", 1.8), ("commerce", 1.0), ("park", 0.6),
          ("rings", 1.0), ("marsh", 1.0)),
    green=0.5, towers=0.3,
)
_RED_SOIL = replace(
    _OLD, style="red-soil town", bend_m=45, superblock_m=260, block_long_m=110, block_short_m=62,
    lot_m=16, street_m=2.8,
    uses=(("villas", 4.0), ("dense", 2.6), ("fields", 1.2), ("forest", 1.0), ("bare", 0.8),
          ("commerce", 0.6)),
    soil=(182, 118, 82), soil2=(150, 92, 62), lawn=(86, 118, 54), dry=(158, 138, 82), tree=(58, 88, 40),
    asphalt=(122, 112, 106), paving=(188, 150, 122), water=(74, 74, 50), shallow=(130, 112, 78),
    roofs=((168, 72, 62), (150, 84, 62), (126, 80, 64), (196, 192, 188), (170, 168, 168), (206, 110, 66),
           (150, 140, 130), (180, 60, 70)),
    flat_share=0.05, metal_share=0.85, green=0.7, palms=0.25, floors=1, walls=0.6, cars=0.35,
    dirt_streets=0.75, river=8, lakes=0.03, towers=0.02,
)
# fmt: on

STYLES: dict[str, Place] = {
    place.style: place for place in (_DESERT, _SUBURB, _OLD, _INDUSTRY, _FARM, _RIVER, _COAST, _RED_SOIL)
}
"""The places there are, by style."""
