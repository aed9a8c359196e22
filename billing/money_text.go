package billing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// ParseMoney reads a decimal amount of c: an optional minus, digits, and
// optionally a point with one to nine decimals: "15.00", "-0.0002". A plus,
// grouping, exponents, spaces and more decimals are [ErrAmount].
func ParseMoney(s string, c Currency) (Money, error) {
	if err := c.Validate(); err != nil {
		return Money{}, err
	}
	digits, negative := strings.CutPrefix(s, "-")
	coef, scale, err := parseDecimal(digits, nanoDigits)
	if err != nil {
		return Money{}, fmt.Errorf("%w: %.40q %w", ErrAmount, s, err)
	}
	nano, ok := mulDiv(coef, uint64(pow10[nanoDigits-scale]), 1, Down)
	return signed(nano, ok, negative, c)
}

// parseDecimal reads unsigned decimals as coef·10^-scale, without trailing
// zeros after the point.
func parseDecimal(s string, most int) (coef uint64, scale int, err error) {
	whole, fraction, point := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	if len(s) > 40 || whole == "" || point && strings.HasSuffix(s, ".") {
		return 0, 0, fmt.Errorf("is not a decimal number such as 15.00")
	}
	for _, b := range []byte(whole + fraction) {
		if b < '0' || b > '9' {
			return 0, 0, fmt.Errorf("is not a decimal number such as 15.00")
		}
	}
	if len(fraction) > most {
		return 0, 0, fmt.Errorf("has more than %d decimals", most)
	}
	coef, err = strconv.ParseUint(whole+fraction, 10, 64)
	if err != nil {
		return 0, 0, ErrOverflow
	}
	return coef, len(fraction), nil
}

// appendDecimal writes coef·10^-scale with at least least decimals.
func appendDecimal(dst []byte, coef uint64, scale, least int) []byte {
	for scale > least && coef%10 == 0 {
		coef, scale = coef/10, scale-1
	}
	text := strconv.FormatUint(coef, 10)
	if pad := scale + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	dst = append(dst, text[:len(text)-scale]...)
	if scale > 0 || least > 0 {
		dst = append(dst, '.')
		dst = append(dst, text[len(text)-scale:]...)
		for range least - scale {
			dst = append(dst, '0')
		}
	}
	return dst
}

// String is the amount without its currency, with the decimals of the minor
// unit and as many more as it needs: "15.00", "0.0002", "-12.275".
// ParseMoney reads it back.
func (m Money) String() string {
	var dst []byte
	if m.nano < 0 {
		dst = append(dst, '-')
	}
	return string(appendDecimal(dst, abs(m.nano), nanoDigits, m.currency.Digits()))
}

// text is the amount with its currency, for errors and descriptions.
func (m Money) text() string {
	return strings.TrimSuffix(m.String()+" "+string(m.currency), " ")
}

// MarshalText writes "15.00 USD".
func (m Money) MarshalText() ([]byte, error) { return []byte(m.text()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Money) UnmarshalText(text []byte) error {
	amount, code, _ := strings.Cut(string(text), " ")
	return m.parse(amount, code)
}

// parse is ParseMoney, and also reads the zero Money.
func (m *Money) parse(amount, code string) error {
	if code == "" && amount == (Money{}).String() {
		*m = Money{}
		return nil
	}
	parsed, err := ParseMoney(amount, Currency(code))
	if err == nil {
		*m = parsed
	}
	return err
}

type moneyJSON struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"amount":"15.00","currency":"USD"}: a string, since
// many readers of JSON make floats of numbers.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(moneyJSON{m.String(), m.currency})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses amounts that are
// not strings.
func (m *Money) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var read moneyJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("%w: %w", ErrAmount, err)
	}
	return m.parse(read.Amount, string(read.Currency))
}

// group writes n with commas: 25,000.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
