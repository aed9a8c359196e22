package billing_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// usd reads dollars.
func usd(t require.TestingT, amount string) billing.Money {
	m, err := billing.ParseMoney(amount, "USD")
	require.NoError(t, err)
	return m
}

// rate reads a rate in dollars: "0.20/1000".
func rate(t require.TestingT, s string) billing.Rate {
	r, err := billing.ParseRate(s, "USD")
	require.NoError(t, err)
	return r
}

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		in       string
		currency billing.Currency
		nano     int64
		out      string
	}{
		{"0", "USD", 0, "0.00"},
		{"-0", "USD", 0, "0.00"},
		{"15", "USD", 15_000_000_000, "15.00"},
		{"15.00", "USD", 15_000_000_000, "15.00"},
		{"15.5", "USD", 15_500_000_000, "15.50"},
		{"0.0002", "USD", 200_000, "0.0002"},
		{"-12.275", "USD", -12_275_000_000, "-12.275"},
		{"0.000000001", "USD", 1, "0.000000001"},
		{"0.00000000100000", "USD", 1, "0.000000001"},
		{"0015.00", "USD", 15_000_000_000, "15.00"},
		{"9223372036.854775807", "USD", math.MaxInt64, "9223372036.854775807"},
		{"-9223372036.854775807", "USD", -math.MaxInt64, "-9223372036.854775807"},
		{"1500", "JPY", 1_500_000_000_000, "1500"},
		{"0.5", "JPY", 500_000_000, "0.5"},
		{"1.5", "KWD", 1_500_000_000, "1.500"},
		{"1.5", "CLF", 1_500_000_000, "1.5000"},
	} {
		m, err := billing.ParseMoney(c.in, c.currency)
		require.NoError(t, err, c.in)
		require.Equal(t, c.nano, m.NanoUnits(), c.in)
		require.Equal(t, c.currency, m.Currency())
		require.Equal(t, c.out, m.String(), c.in)
	}
}

func TestParseMoneyRefuses(t *testing.T) {
	for _, c := range []struct {
		in       string
		currency billing.Currency
		err      error
	}{
		{"", "USD", billing.ErrAmount},
		{"-", "USD", billing.ErrAmount},
		{"+1", "USD", billing.ErrAmount},
		{"--1", "USD", billing.ErrAmount},
		{".5", "USD", billing.ErrAmount},
		{"5.", "USD", billing.ErrAmount},
		{"1.2.3", "USD", billing.ErrAmount},
		{"1,000", "USD", billing.ErrAmount},
		{"1e3", "USD", billing.ErrAmount},
		{"1_0", "USD", billing.ErrAmount},
		{"1:0", "USD", billing.ErrAmount},
		{"1/2", "USD", billing.ErrAmount},
		{" 1", "USD", billing.ErrAmount},
		{"0x10", "USD", billing.ErrAmount},
		{"NaN", "USD", billing.ErrAmount},
		{"٣", "USD", billing.ErrAmount},
		{"0.0000000001", "USD", billing.ErrAmount}, // ten decimals
		{"00000000000000000000000000000000000000001", "USD", billing.ErrAmount},
		{"9223372036.854775808", "USD", billing.ErrOverflow},
		{"-9223372036.854775808", "USD", billing.ErrOverflow},
		{"99999999999999999999", "USD", billing.ErrOverflow},
		{"1", "", billing.ErrCurrency},
		{"1", "usd", billing.ErrCurrency},
		{"1", "US", billing.ErrCurrency},
		{"1", "USDT", billing.ErrCurrency},
	} {
		m, err := billing.ParseMoney(c.in, c.currency)
		require.ErrorIs(t, err, c.err, "%q %q", c.in, c.currency)
		require.Equal(t, billing.Money{}, m)
	}
}

func TestMinorAndNano(t *testing.T) {
	m, err := billing.Minor(1500, "USD")
	require.NoError(t, err)
	require.Equal(t, usd(t, "15.00"), m)

	m, err = billing.Minor(-1500, "JPY")
	require.NoError(t, err)
	require.Equal(t, "-1500", m.String())

	_, err = billing.Minor(math.MinInt64, "USD")
	require.ErrorIs(t, err, billing.ErrOverflow)
	_, err = billing.Minor(922_337_203_686, "USD")
	require.ErrorIs(t, err, billing.ErrOverflow)
	_, err = billing.Minor(1, "dollar")
	require.ErrorIs(t, err, billing.ErrCurrency)

	m, err = billing.Nano(15_000_000_000, "USD")
	require.NoError(t, err)
	require.Equal(t, usd(t, "15.00"), m)
	m, err = billing.Nano(0, "")
	require.NoError(t, err)
	require.Equal(t, billing.Money{}, m)
	_, err = billing.Nano(1, "")
	require.ErrorIs(t, err, billing.ErrCurrency)
	_, err = billing.Nano(math.MinInt64, "USD")
	require.ErrorIs(t, err, billing.ErrOverflow, "or Neg of it would be itself")
}

func TestMoneyAddition(t *testing.T) {
	most := usd(t, "9223372036.854775807")
	least := most.Neg()
	one := usd(t, "0.000000001")
	euro, err := billing.ParseMoney("1", "EUR")
	require.NoError(t, err)

	for _, c := range []struct {
		name string
		a, b billing.Money
		sum  string
		err  error
	}{
		{"plain", usd(t, "15.00"), usd(t, "-0.0002"), "14.9998", nil},
		{"nothing is neutral on the left", billing.Money{}, usd(t, "3"), "3.00", nil},
		{"and on the right", usd(t, "3"), billing.Money{}, "3.00", nil},
		{"to the edge", most, least, "0.00", nil},
		{"over the top", most, one, "", billing.ErrOverflow},
		{"below the bottom", least, one.Neg(), "", billing.ErrOverflow},
		{"twice the top", most, most, "", billing.ErrOverflow},
		{"twice the bottom", least, least, "", billing.ErrOverflow},
		{"two currencies", usd(t, "1"), euro, "", billing.ErrCurrency},
		{"zero dollars are dollars", usd(t, "0"), euro, "", billing.ErrCurrency},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum, err := c.a.Add(c.b)
			difference, err2 := c.a.Sub(c.b.Neg())
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.err == nil, err2 == nil)
			require.Equal(t, sum, difference)
			if c.err == nil {
				require.Equal(t, c.sum, sum.String())
			}
		})
	}
}

func TestMoneyCmp(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		order int
	}{{"1", "2", -1}, {"2", "1", 1}, {"2", "2.00", 0}, {"-1", "0", -1}} {
		order, err := usd(t, c.a).Cmp(usd(t, c.b))
		require.NoError(t, err)
		require.Equal(t, c.order, order)
		require.Equal(t, order == 0, usd(t, c.a).Equal(usd(t, c.b)))
	}
	euro, err := billing.ParseMoney("1", "EUR")
	require.NoError(t, err)
	_, err = euro.Cmp(usd(t, "1"))
	require.ErrorIs(t, err, billing.ErrCurrency)
	require.False(t, euro.Equal(usd(t, "1")))
	require.True(t, billing.Money{}.Equal(usd(t, "0")))
	require.Equal(t, []int{-1, 0, 1}, []int{usd(t, "-3").Sign(), billing.Money{}.Sign(), usd(t, "3").Sign()})
}

func TestMoneyRound(t *testing.T) {
	for _, c := range []struct {
		in                         string
		halfUp, halfEven, up, down string
	}{
		{"12.275", "12.28", "12.28", "12.28", "12.27"}, // the credit of the service level: 10% of 122.75
		{"12.265", "12.27", "12.26", "12.27", "12.26"},
		{"-12.265", "-12.27", "-12.26", "-12.27", "-12.26"},
		{"0.0002", "0.00", "0.00", "0.01", "0.00"},
		{"0.005", "0.01", "0.00", "0.01", "0.00"},
		{"0.015", "0.02", "0.02", "0.02", "0.01"},
		{"0.004999999", "0.00", "0.00", "0.01", "0.00"},
		{"5.70", "5.70", "5.70", "5.70", "5.70"},
		{"0.0624", "0.06", "0.06", "0.07", "0.06"},
	} {
		for r, want := range map[billing.Rounding]string{
			billing.HalfUp: c.halfUp, billing.HalfEven: c.halfEven, billing.Up: c.up, billing.Down: c.down,
		} {
			got, err := usd(t, c.in).Round(r)
			require.NoError(t, err)
			require.Equal(t, want, got.String(), "%s %v", c.in, r)
		}
	}
	_, err := usd(t, "9223372036.854775807").Round(billing.HalfUp)
	require.NoError(t, err, "down to 9223372036.85 still fits")
	_, err = usd(t, "-9223372036.854775807").Round(billing.Up)
	require.ErrorIs(t, err, billing.ErrOverflow)
	yen, err := billing.ParseMoney("1.5", "JPY")
	require.NoError(t, err)
	yen, err = yen.Round(billing.HalfUp)
	require.NoError(t, err)
	require.Equal(t, "2", yen.String())
	require.Equal(t, "Rounding(9)", billing.Rounding(9).String())
}

func TestMoneyMulRatio(t *testing.T) {
	for _, c := range []struct {
		m        string
		num, den int64
		round    billing.Rounding
		want     string
		err      error
	}{
		{"122.75", 10, 100, billing.HalfUp, "12.275", nil},
		{"0.052", 12000, 10000, billing.Up, "0.0624", nil}, // a hold with 20% on top
		{"1", 1, 3, billing.HalfUp, "0.333333333", nil},
		{"1", 1, 3, billing.Up, "0.333333334", nil},
		{"2", 1, 3, billing.HalfUp, "0.666666667", nil},
		{"-1", 1, 3, billing.Up, "-0.333333334", nil},
		{"1", -1, 3, billing.Down, "-0.333333333", nil},
		{"-1", -1, -3, billing.HalfEven, "-0.333333333", nil},
		{"0.000000001", 1, 2, billing.HalfUp, "0.000000001", nil},
		{"0.000000001", 1, 2, billing.HalfEven, "0.00", nil},
		{"0.000000003", 1, 2, billing.HalfEven, "0.000000002", nil},
		{"9223372036.854775807", math.MaxInt64, math.MaxInt64, billing.HalfUp, "9223372036.854775807", nil},
		{"9223372036.854775807", math.MinInt64, math.MinInt64, billing.HalfUp, "9223372036.854775807", nil},
		{"9223372036.854775807", math.MaxInt64, 1, billing.HalfUp, "", billing.ErrOverflow},
		{"9223372036.854775807", 2, 1, billing.HalfUp, "", billing.ErrOverflow},
		{"0.000000311", 177_942_868_878_227_186, 3, billing.Up, "", billing.ErrOverflow}, // rounds up to 2^64
		{"1", 1, 0, billing.HalfUp, "", billing.ErrRatio},
	} {
		got, err := usd(t, c.m).MulRatio(c.num, c.den, c.round)
		require.ErrorIs(t, err, c.err)
		if c.err == nil {
			require.Equal(t, c.want, got.String(), "%s·%d/%d", c.m, c.num, c.den)
		}
	}
}

func TestMoneyAllocate(t *testing.T) {
	for _, c := range []struct {
		m       string
		weights []int64
		want    []string
	}{
		{"100", []int64{1, 1, 1}, []string{"33.34", "33.33", "33.33"}},
		{"-100", []int64{1, 1, 1}, []string{"-33.34", "-33.33", "-33.33"}},
		{"0.05", []int64{3, 7}, []string{"0.02", "0.03"}}, // 1.5 and 3.5 cents: the tie goes to the earlier
		{"0.01", []int64{0, 1, 0}, []string{"0.00", "0.01", "0.00"}},
		{"10.001", []int64{1, 2}, []string{"3.333666667", "6.667333333"}}, // not whole cents, so in nano-units
		{"0", []int64{1, 2}, []string{"0.00", "0.00"}},
		{"9223372036.854775807", []int64{math.MaxInt64}, []string{"9223372036.854775807"}},
	} {
		shares, err := usd(t, c.m).Allocate(c.weights)
		require.NoError(t, err)
		var got []string
		for _, share := range shares {
			got = append(got, share.String())
		}
		require.Equal(t, c.want, got, "%s by %v", c.m, c.weights)
	}
	for _, weights := range [][]int64{nil, {0, 0}, {1, -1}} {
		_, err := usd(t, "1").Allocate(weights)
		require.ErrorIs(t, err, billing.ErrRatio, "%v", weights)
	}
	for _, weights := range [][]int64{{math.MaxInt64, 1}, {math.MaxInt64, math.MaxInt64}, {math.MaxInt64, math.MaxInt64, 3}} {
		_, err := usd(t, "1").Allocate(weights)
		require.ErrorIs(t, err, billing.ErrOverflow, "%v", weights)
	}
}

func TestMoneyJSON(t *testing.T) {
	data, err := json.Marshal(usd(t, "15"))
	require.NoError(t, err)
	require.Equal(t, `{"amount":"15.00","currency":"USD"}`, string(data))
	for _, m := range []billing.Money{{}, usd(t, "15"), usd(t, "-0.000000001"), usd(t, "0")} {
		data, err := json.Marshal(m)
		require.NoError(t, err)
		var read billing.Money
		require.NoError(t, json.Unmarshal(data, &read))
		require.Equal(t, m, read, "%s", data)

		text, err := m.MarshalText()
		require.NoError(t, err)
		read = usd(t, "77")
		require.NoError(t, read.UnmarshalText(text), "%s", text)
		require.Equal(t, m, read, "%s", text)
	}
	for _, bad := range []string{
		`{"amount":15.00,"currency":"USD"}`, // a number may already have been a float
		`{"amount":"15.00"}`,
		`{"currency":"USD"}`,
		`{"amount":"15","currency":"dollars"}`,
		`"15.00"`, `15`, `[]`,
	} {
		read := usd(t, "77")
		require.Error(t, json.Unmarshal([]byte(bad), &read), bad)
		require.Equal(t, usd(t, "77"), read, "what is refused changes nothing")
	}
	read := usd(t, "77")
	require.NoError(t, json.Unmarshal([]byte("null"), &read))
	require.Equal(t, usd(t, "77"), read)
	require.ErrorIs(t, read.UnmarshalText([]byte("15.00USD")), billing.ErrCurrency)
}

func TestCurrencyDigits(t *testing.T) {
	for digits, codes := range map[int][]billing.Currency{
		0: {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"},
		2: {"USD", "EUR", "CAD", "GBP", "CHF", "INR"},
		3: {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"},
		4: {"CLF", "UYW"},
	} {
		for _, code := range codes {
			require.NoError(t, code.Validate())
			require.Equal(t, digits, code.Digits(), code)
		}
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	_, err := billing.ParseMoney("1.0000000001", "USD")
	require.EqualError(t, err, `billing: not an amount of money: "1.0000000001" has more than 9 decimals`)
	_, err = billing.ParseMoney("1,5", "USD")
	require.EqualError(t, err, `billing: not an amount of money: "1,5" is not a decimal number such as 15.00`)
	_, err = usd(t, "1").Add(func() billing.Money { m, _ := billing.Minor(1, "EUR"); return m }())
	require.EqualError(t, err, "billing: currencies differ or are not ISO 4217 codes: USD and EUR")
	require.False(t, errors.Is(err, billing.ErrOverflow))
}
