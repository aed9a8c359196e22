package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// TestCostsAreThoseOfTokens works out each level's cost from its way through the
// token tree.
func TestCostsAreThoseOfTokens(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for kind := range vp8.Types {
		p := vp8.DefaultProbabilities[kind]
		if kind > 0 {
			for i := range p {
				for j := range p[i] {
					for n := range p[i][j] {
						p[i][j][n] = uint8(1 + r.IntN(255))
					}
				}
			}
		}
		var c Costs
		c.Set(&p)
		for band := range vp8.Bands {
			for row, context := range [costRows]int{RowZero: 0, RowOne: 1, RowMore: 2, RowStart: 0} {
				if band == 0 && row == RowZero {
					require.Zero(t, c.Table[band][row])
					continue
				}
				q, got := &p[band][context], &c.Table[band][row]
				require.Equal(t, vp8.BitCost(0, q[0]), int(got[ColumnEnd]))
				for v := range ColumnLarge + 1 {
					want := 0
					w := waysOf[wayOf(v)]
					for i, node := range w.nodes {
						if row != RowZero || i > 0 {
							want += vp8.BitCost(int(w.bits[i]), q[node])
						}
					}
					if v < ColumnLarge {
						want += int(vp8.FixedLevelCosts[v])
					}
					require.Equal(t, want, int(got[v]), "band %d, row %d, level %d", band, row, v)
				}
			}
		}
	}
}
