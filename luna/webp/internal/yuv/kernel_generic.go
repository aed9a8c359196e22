//go:build (!amd64 && !arm64) || noasm || !gc

package yuv

// There are no kernels that do a part of a row faster: 0 samples are done.

func luma(_, _, _, _ []uint8) int      { return 0 }
func chroma(_, _ []uint8, _ *Rows) int { return 0 }
func limitLuma(_, _ []uint8) int       { return 0 }
func limitChroma(_, _ []uint8) int     { return 0 }
