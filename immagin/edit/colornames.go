package edit

// named looks up the colours of CSS Color 4, section 6.1, and transparent, as
// 0xrrggbbaa. Names are in lower case.
func named(name string) (uint32, bool) {
	switch name {
	case "aliceblue":
		return 0xf0f8ffff, true
	case "antiquewhite":
		return 0xfaebd7ff, true
	case "aqua":
		return 0x00ffffff, true
	case "aquamarine":
		return 0x7fffd4ff, true
	case "azure":
		return 0xf0ffffff, true
	case "beige":
		return 0xf5f5dcff, true
	case "bisque":
		return 0xffe4c4ff, true
	case "black":
		return 0x000000ff, true
	case "blanchedalmond":
		return 0xffebcdff, true
	case "blue":
		return 0x0000ffff, true
	case "blueviolet":
		return 0x8a2be2ff, true
	case "brown":
		return 0xa52a2aff, true
	case "burlywood":
		return 0xdeb887ff, true
	case "cadetblue":
		return 0x5f9ea0ff, true
	case "chartreuse":
		return 0x7fff00ff, true
	case "chocolate":
		return 0xd2691eff, true
	case "coral":
		return 0xff7f50ff, true
	case "cornflowerblue":
		return 0x6495edff, true
	case "cornsilk":
		return 0xfff8dcff, true
	case "crimson":
		return 0xdc143cff, true
	case "cyan":
		return 0x00ffffff, true
	case "darkblue":
		return 0x00008bff, true
	case "darkcyan":
		return 0x008b8bff, true
	case "darkgoldenrod":
		return 0xb8860bff, true
	case "darkgray":
		return 0xa9a9a9ff, true
	case "darkgreen":
		return 0x006400ff, true
	case "darkgrey":
		return 0xa9a9a9ff, true
	case "darkkhaki":
		return 0xbdb76bff, true
	case "darkmagenta":
		return 0x8b008bff, true
	case "darkolivegreen":
		return 0x556b2fff, true
	case "darkorange":
		return 0xff8c00ff, true
	case "darkorchid":
		return 0x9932ccff, true
	case "darkred":
		return 0x8b0000ff, true
	case "darksalmon":
		return 0xe9967aff, true
	case "darkseagreen":
		return 0x8fbc8fff, true
	case "darkslateblue":
		return 0x483d8bff, true
	case "darkslategray":
		return 0x2f4f4fff, true
	case "darkslategrey":
		return 0x2f4f4fff, true
	case "darkturquoise":
		return 0x00ced1ff, true
	case "darkviolet":
		return 0x9400d3ff, true
	case "deeppink":
		return 0xff1493ff, true
	case "deepskyblue":
		return 0x00bfffff, true
	case "dimgray":
		return 0x696969ff, true
	case "dimgrey":
		return 0x696969ff, true
	case "dodgerblue":
		return 0x1e90ffff, true
	case "firebrick":
		return 0xb22222ff, true
	case "floralwhite":
		return 0xfffaf0ff, true
	case "forestgreen":
		return 0x228b22ff, true
	case "fuchsia":
		return 0xff00ffff, true
	case "gainsboro":
		return 0xdcdcdcff, true
	case "ghostwhite":
		return 0xf8f8ffff, true
	case "gold":
		return 0xffd700ff, true
	case "goldenrod":
		return 0xdaa520ff, true
	case "gray":
		return 0x808080ff, true
	case "green":
		return 0x008000ff, true
	case "greenyellow":
		return 0xadff2fff, true
	case "grey":
		return 0x808080ff, true
	case "honeydew":
		return 0xf0fff0ff, true
	case "hotpink":
		return 0xff69b4ff, true
	case "indianred":
		return 0xcd5c5cff, true
	case "indigo":
		return 0x4b0082ff, true
	case "ivory":
		return 0xfffff0ff, true
	case "khaki":
		return 0xf0e68cff, true
	case "lavender":
		return 0xe6e6faff, true
	case "lavenderblush":
		return 0xfff0f5ff, true
	case "lawngreen":
		return 0x7cfc00ff, true
	case "lemonchiffon":
		return 0xfffacdff, true
	case "lightblue":
		return 0xadd8e6ff, true
	case "lightcoral":
		return 0xf08080ff, true
	case "lightcyan":
		return 0xe0ffffff, true
	case "lightgoldenrodyellow":
		return 0xfafad2ff, true
	case "lightgray":
		return 0xd3d3d3ff, true
	case "lightgreen":
		return 0x90ee90ff, true
	case "lightgrey":
		return 0xd3d3d3ff, true
	case "lightpink":
		return 0xffb6c1ff, true
	case "lightsalmon":
		return 0xffa07aff, true
	case "lightseagreen":
		return 0x20b2aaff, true
	case "lightskyblue":
		return 0x87cefaff, true
	case "lightslategray":
		return 0x778899ff, true
	case "lightslategrey":
		return 0x778899ff, true
	case "lightsteelblue":
		return 0xb0c4deff, true
	case "lightyellow":
		return 0xffffe0ff, true
	case "lime":
		return 0x00ff00ff, true
	case "limegreen":
		return 0x32cd32ff, true
	case "linen":
		return 0xfaf0e6ff, true
	case "magenta":
		return 0xff00ffff, true
	case "maroon":
		return 0x800000ff, true
	case "mediumaquamarine":
		return 0x66cdaaff, true
	case "mediumblue":
		return 0x0000cdff, true
	case "mediumorchid":
		return 0xba55d3ff, true
	case "mediumpurple":
		return 0x9370dbff, true
	case "mediumseagreen":
		return 0x3cb371ff, true
	case "mediumslateblue":
		return 0x7b68eeff, true
	case "mediumspringgreen":
		return 0x00fa9aff, true
	case "mediumturquoise":
		return 0x48d1ccff, true
	case "mediumvioletred":
		return 0xc71585ff, true
	case "midnightblue":
		return 0x191970ff, true
	case "mintcream":
		return 0xf5fffaff, true
	case "mistyrose":
		return 0xffe4e1ff, true
	case "moccasin":
		return 0xffe4b5ff, true
	case "navajowhite":
		return 0xffdeadff, true
	case "navy":
		return 0x000080ff, true
	case "oldlace":
		return 0xfdf5e6ff, true
	case "olive":
		return 0x808000ff, true
	case "olivedrab":
		return 0x6b8e23ff, true
	case "orange":
		return 0xffa500ff, true
	case "orangered":
		return 0xff4500ff, true
	case "orchid":
		return 0xda70d6ff, true
	case "palegoldenrod":
		return 0xeee8aaff, true
	case "palegreen":
		return 0x98fb98ff, true
	case "paleturquoise":
		return 0xafeeeeff, true
	case "palevioletred":
		return 0xdb7093ff, true
	case "papayawhip":
		return 0xffefd5ff, true
	case "peachpuff":
		return 0xffdab9ff, true
	case "peru":
		return 0xcd853fff, true
	case "pink":
		return 0xffc0cbff, true
	case "plum":
		return 0xdda0ddff, true
	case "powderblue":
		return 0xb0e0e6ff, true
	case "purple":
		return 0x800080ff, true
	case "rebeccapurple":
		return 0x663399ff, true
	case "red":
		return 0xff0000ff, true
	case "rosybrown":
		return 0xbc8f8fff, true
	case "royalblue":
		return 0x4169e1ff, true
	case "saddlebrown":
		return 0x8b4513ff, true
	case "salmon":
		return 0xfa8072ff, true
	case "sandybrown":
		return 0xf4a460ff, true
	case "seagreen":
		return 0x2e8b57ff, true
	case "seashell":
		return 0xfff5eeff, true
	case "sienna":
		return 0xa0522dff, true
	case "silver":
		return 0xc0c0c0ff, true
	case "skyblue":
		return 0x87ceebff, true
	case "slateblue":
		return 0x6a5acdff, true
	case "slategray":
		return 0x708090ff, true
	case "slategrey":
		return 0x708090ff, true
	case "snow":
		return 0xfffafaff, true
	case "springgreen":
		return 0x00ff7fff, true
	case "steelblue":
		return 0x4682b4ff, true
	case "tan":
		return 0xd2b48cff, true
	case "teal":
		return 0x008080ff, true
	case "thistle":
		return 0xd8bfd8ff, true
	case "tomato":
		return 0xff6347ff, true
	case "turquoise":
		return 0x40e0d0ff, true
	case "violet":
		return 0xee82eeff, true
	case "wheat":
		return 0xf5deb3ff, true
	case "white":
		return 0xffffffff, true
	case "whitesmoke":
		return 0xf5f5f5ff, true
	case "yellow":
		return 0xffff00ff, true
	case "yellowgreen":
		return 0x9acd32ff, true
	case "transparent":
		return 0, true
	}
	return 0, false
}
