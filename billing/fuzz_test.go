package billing_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// known says whether an error is one that callers can tell.
func known(err error) bool {
	for _, target := range []error{billing.ErrAmount, billing.ErrRate, billing.ErrOverflow, billing.ErrCurrency} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"15.00", "-0.0002", "9223372036.854775807", "-9223372036.854775808", "0.0000000001", "1e9", "", ".", "-", "00.10"} {
		f.Add(s, "USD")
	}
	f.Add("1500", "JPY")
	f.Add("1", "dollar")
	f.Fuzz(func(t *testing.T, s, currency string) {
		m, err := billing.ParseMoney(s, billing.Currency(currency))
		if err != nil {
			require.True(t, known(err), "%v", err)
			require.Equal(t, billing.Money{}, m)
			return
		}
		again, err := billing.ParseMoney(m.String(), m.Currency())
		require.NoError(t, err)
		require.Equal(t, m, again)
		require.Equal(t, m.String(), again.String())

		text, err := m.MarshalText()
		require.NoError(t, err)
		require.NoError(t, again.UnmarshalText(text))
		require.Equal(t, m, again)
	})
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"0.20/1000", "0.45", "7/20", "0.00000000000001", "1/9223372036854775807", "1/0", "/", "-1/1", "9223372036.854775807/1"} {
		f.Add(s, "USD", int64(1_000_000))
	}
	f.Fuzz(func(t *testing.T, s, currency string, qty int64) {
		r, err := billing.ParseRate(s, billing.Currency(currency))
		if err != nil {
			require.True(t, known(err), "%v", err)
			require.Equal(t, billing.Rate{}, r)
			return
		}
		again, err := billing.ParseRate(r.String(), r.Currency())
		require.NoError(t, err)
		require.Equal(t, r, again)

		linear, err := r.Amount(qty, billing.HalfUp)
		if qty < 0 {
			require.ErrorIs(t, err, billing.ErrQuantity)
			return
		}
		if err != nil {
			require.ErrorIs(t, err, billing.ErrOverflow)
			return
		}
		blocks, err := r.Blocks(qty)
		if err != nil {
			require.ErrorIs(t, err, billing.ErrOverflow)
			return
		}
		order, err := blocks.Cmp(linear)
		require.NoError(t, err)
		require.GreaterOrEqual(t, order, 0)
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"amount":"15.00","currency":"USD"}`, `{"amount":15,"currency":"USD"}`, `{"amount":"0","currency":""}`, `null`, `{}`, `[]`, `"15"`,
		`{"price":"0.20","per":1000,"currency":"USD"}`, `{"price":"0","per":0,"currency":""}`, `{"price":"1","per":-1,"currency":"USD"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again billing.Money
		if json.Unmarshal(data, &m) == nil {
			text, err := json.Marshal(m)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &again))
			require.Equal(t, m, again)
		}
		var r, back billing.Rate
		if json.Unmarshal(data, &r) == nil {
			text, err := json.Marshal(r)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &back))
			require.Equal(t, r, back)
		}
	})
}
