package edit

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// From ECMA-262, section 6.1.6.1.20, and from what node prints.
func TestAppendNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", -1: "-1", 800: "800", 0.1: "0.1", -45.5: "-45.5",
		1e20: "100000000000000000000", 1e21: "1e+21", 1.5e21: "1.5e+21", 123456789012345680000: "123456789012345680000",
		1e-6: "0.000001", 1e-7: "1e-7", -1.5e-7: "-1.5e-7", 1.25e-10: "1.25e-10", 9e-7: "9e-7",
		1e100: "1e+100", 1e-100: "1e-100", math.MaxFloat64: "1.7976931348623157e+308", 5e-324: "5e-324",
		1 << 53: "9007199254740992", 0.30000000000000004: "0.30000000000000004", 1.0 / 3: "0.3333333333333333",
	} {
		require.Equal(t, want, number(v))
	}
	require.Equal(t, "0", number(math.Copysign(0, -1)))
}

// encoding/json has ECMAScript's format, but for -0.
func TestAppendNumberLikeJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 {
			return
		}
		want, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, string(want), number(v))
		back, err := strconv.ParseFloat(number(v), 64)
		require.NoError(t, err)
		require.Equal(t, v, back)
	})
}
