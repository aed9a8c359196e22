package jp2

// qualities maps the scale of 1 to 100 to the library's, so that up to 95 the
// PSNR is that of libjpeg's quantisation at that quality with 4:2:0 chroma.
// Averages over six photographs at 640x480, for which opj_compress -q takes
// the PSNR itself:
//
//	quality   dB   our bytes   opj_compress -q, bytes   JPEG, bytes
//	   10    29.7     2,300              5,100             6,300
//	   30    34.5     6,600             11,600            13,400
//	   50    36.3     9,400             15,500            18,500
//	   75    38.1    13,700             20,400            27,700
//	   90    40.3    21,700             28,400            48,700
//	   95    41.7    29,000             35,300            73,600
//
// sharp's quality for JPEG 2000 is the PSNR in decibels that OpenJPEG is to
// come to, so that its numbers are others.
var qualities = [...]struct {
	quality int
	scale   float64
}{
	{1, .10}, {10, .272}, {20, .35}, {30, .387}, {40, .410}, {50, .427}, {60, .442},
	{75, .472}, {80, .487}, {90, .528}, {95, .564}, {100, .75},
}

// scale interpolates between them. 0 means the default quality.
func scale(quality int) float64 {
	if quality == 0 {
		quality = defaultQuality
	}
	for i := 1; i < len(qualities); i++ {
		a, b := qualities[i-1], qualities[i]
		if quality <= b.quality {
			return a.scale + float64((b.scale-a.scale)*float64(quality-a.quality))/float64(b.quality-a.quality)
		}
	}
	return qualities[len(qualities)-1].scale
}
