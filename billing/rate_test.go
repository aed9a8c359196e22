package billing_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestRateAmount(t *testing.T) {
	for _, c := range []struct {
		rate          string
		qty           int64
		linear, block string
	}{
		{"0.20/1000", 0, "0.00", "0.00"},
		{"0.20/1000", 1, "0.0002", "0.20"},
		{"0.20/1000", 25, "0.005", "0.20"},
		{"0.20/1000", 1000, "0.20", "0.20"},
		{"0.20/1000", 1001, "0.2002", "0.40"},
		{"0.09/1000", 1, "0.00009", "0.09"},
		{"0.45", 3, "1.35", "1.35"},
		{"0.00000000000001", 1, "0.00", "0.00"},                     // fourteen decimals
		{"0.00000000000001", 100_000, "0.000000001", "0.000000001"}, // add up to a nano-unit
		{"0.0000000005", 1, "0.000000001", "0.000000001"},           // half a nano-unit
		{"1/3", 1, "0.333333333", "1.00"},
		{"1/3", 3, "1.00", "1.00"},
		{"0.00", 1 << 62, "0.00", "0.00"},
		{"0.000000001", math.MaxInt64, "9223372036.854775807", "9223372036.854775807"},
		{"0.02/1", 7, "0.14", "0.14"},
	} {
		r := rate(t, c.rate)
		linear, err := r.Amount(c.qty, billing.HalfUp)
		require.NoError(t, err)
		require.Equal(t, c.linear, linear.String(), "%s of %d", c.rate, c.qty)
		block, err := r.Blocks(c.qty)
		require.NoError(t, err)
		require.Equal(t, c.block, block.String(), "%s of %d", c.rate, c.qty)
	}
	r := rate(t, "1")
	_, err := r.Amount(-1, billing.HalfUp)
	require.ErrorIs(t, err, billing.ErrQuantity)
	_, err = r.Blocks(-1)
	require.ErrorIs(t, err, billing.ErrQuantity)
	_, err = r.Amount(math.MaxInt64, billing.HalfUp)
	require.ErrorIs(t, err, billing.ErrOverflow)
	_, err = r.Blocks(math.MaxInt64)
	require.ErrorIs(t, err, billing.ErrOverflow)

	nothing, err := billing.Rate{}.Amount(5, billing.HalfUp)
	require.NoError(t, err)
	require.Equal(t, billing.Money{}, nothing)
}

func TestRateText(t *testing.T) {
	for in, out := range map[string]string{
		"0.20/1000":                 "0.20/1000",
		"0.2/1000":                  "0.20/1000",
		"0.45":                      "0.45",
		"0.45/1":                    "0.45",
		"7/20":                      "7.00/20",
		"0.00009":                   "0.00009",
		"0.00000000000001":          "0.00000000000001",
		"92233.72036854775807":      "92233.72036854775807",
		"1/9223372036854775807":     "1.00/9223372036854775807",
		"9223372036.854775807/1000": "9223372036.854775807/1000",
	} {
		r := rate(t, in)
		require.Equal(t, out, r.String())
		require.Equal(t, r, rate(t, out), "round trip of %s", in)

		data, err := json.Marshal(r)
		require.NoError(t, err)
		var read billing.Rate
		require.NoError(t, json.Unmarshal(data, &read))
		require.Equal(t, r, read, "%s", data)
	}
	data, err := json.Marshal(rate(t, "0.2/1000"))
	require.NoError(t, err)
	require.Equal(t, `{"price":"0.20","per":1000,"currency":"USD"}`, string(data))

	read := rate(t, "3")
	require.NoError(t, json.Unmarshal([]byte("null"), &read))
	require.Equal(t, rate(t, "3"), read)
	data, err = json.Marshal(billing.Rate{})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &read))
	require.Equal(t, billing.Rate{}, read)
}

func TestRateRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"":                                     billing.ErrRate,
		"-1":                                   billing.ErrRate,
		"0.2/":                                 billing.ErrRate,
		"0.2/+5":                               billing.ErrRate,
		"0.2/0":                                billing.ErrRate,
		"0.2/-1000":                            billing.ErrRate,
		"0.2/1000/2":                           billing.ErrRate,
		"0.2/1k":                               billing.ErrRate,
		"1e-3":                                 billing.ErrRate,
		"0.000000000000001":                    billing.ErrRate, // fifteen decimals
		"9223372036.854775808":                 billing.ErrOverflow,
		"0.2/99999999999999999999":             billing.ErrRate,
		"0.00000000000001/9223372036854775807": billing.ErrOverflow,
	} {
		_, err := billing.ParseRate(in, "USD")
		require.ErrorIs(t, err, want, "%q", in)
	}
	_, err := billing.PerUnit("1", "us")
	require.ErrorIs(t, err, billing.ErrCurrency)
	for _, bad := range []string{`{"price":0.2,"per":1000,"currency":"USD"}`, `{"price":"0.2","currency":"USD"}`, `"0.20/1000"`, `{"price":"0","per":1}`} {
		read := rate(t, "3")
		require.Error(t, json.Unmarshal([]byte(bad), &read), bad)
		require.Equal(t, rate(t, "3"), read)
	}
}

func TestRateAccessors(t *testing.T) {
	r := rate(t, "0.20/1000")
	require.Equal(t, billing.Currency("USD"), r.Currency())
	require.Equal(t, int64(1000), r.Units())
	require.Equal(t, "0.20", r.Price())
}
