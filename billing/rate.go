package billing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// rateDigits is the number of decimals a rate may have: the twelve decimals
// of a cent that Stripe takes, in major units.
const rateDigits = 14

// Rate is a price for a number of units: Per(1000, "0.20", "USD") is $0.20
// per 1,000. It is an exact decimal of up to 14 places and never negative.
// The zero Rate charges nothing in no currency. Rates of equal price per
// unit are equal with == only if they are written for the same number.
type Rate struct {
	coef     uint64 // price = coef·10^-scale
	scale    int
	per      int64
	currency Currency

	// the same in lowest terms: num/den nano-units for one unit
	num, den uint64
}

// PerUnit is a price for one unit.
func PerUnit(price string, c Currency) (Rate, error) { return Per(1, price, c) }

// Per is a price for n units, n at least 1. The price is written as for
// ParseMoney, up to 14 decimals, without a sign. Errors are [ErrRate],
// [ErrCurrency] and [ErrOverflow].
func Per(n int64, price string, c Currency) (Rate, error) {
	if err := c.Validate(); err != nil {
		return Rate{}, err
	}
	if n < 1 {
		return Rate{}, fmt.Errorf("%w: per %d units, must be 1 or more", ErrRate, n)
	}
	coef, scale, err := parseDecimal(price, rateDigits)
	if err != nil {
		return Rate{}, fmt.Errorf("%w: %.40q %w", ErrRate, price, err)
	}
	r := Rate{coef: coef, scale: scale, per: n, currency: c}
	up, down := uint64(pow10[max(0, nanoDigits-scale)]), uint64(pow10[max(0, scale-nanoDigits)])
	shared := gcd(up, uint64(n))
	up, per := up/shared, uint64(n)/shared
	shared = gcd(coef, per)
	coef, per = coef/shared, per/shared
	shared = gcd(coef, down)
	coef, down = coef/shared, down/shared
	var high, higher uint64
	high, r.num = bits.Mul64(coef, up)
	higher, r.den = bits.Mul64(per, down)
	if high != 0 || higher != 0 || r.num > math.MaxInt64 || r.den > math.MaxInt64 {
		return Rate{}, fmt.Errorf("%w: %.40q per %d units", ErrOverflow, price, n)
	}
	return r, nil
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}

// ParseRate reads what String writes: "0.45", "0.20/1000".
func ParseRate(s string, c Currency) (Rate, error) {
	price, units, slash := strings.Cut(s, "/")
	if !slash {
		return PerUnit(price, c)
	}
	n, err := strconv.ParseInt(units, 10, 64)
	if err != nil || strings.HasPrefix(units, "+") {
		return Rate{}, fmt.Errorf("%w: %.20q is not a number of units", ErrRate, units)
	}
	return Per(n, price, c)
}

// Currency is empty for the zero Rate only.
func (r Rate) Currency() Currency { return r.currency }

// Units is the number of units the price is for; 0 for the zero Rate.
func (r Rate) Units() int64 { return r.per }

// Amount is the price of qty units to the nano-unit: qty·price/n. Only what
// is below a nano-unit is rounded. A negative quantity is [ErrQuantity].
func (r Rate) Amount(qty int64, round Rounding) (Money, error) {
	if qty < 0 {
		return Money{}, fmt.Errorf("%w: %d is below zero", ErrQuantity, qty)
	}
	if r.num == 0 {
		return Money{currency: r.currency}, nil
	}
	nano, ok := mulDiv(r.num, uint64(qty), r.den, round)
	return signed(nano, ok, false, r.currency)
}

// Blocks is the price of qty units when a started block of Units is a whole
// one.
func (r Rate) Blocks(qty int64) (Money, error) {
	if qty < 0 {
		return Money{}, fmt.Errorf("%w: %d is below zero", ErrQuantity, qty)
	}
	if r.num == 0 || qty == 0 {
		return Money{currency: r.currency}, nil
	}
	blocks := (uint64(qty) + uint64(r.per) - 1) / uint64(r.per)
	nano, ok := mulDiv(r.num, blocks*uint64(r.per), r.den, HalfUp)
	return signed(nano, ok, false, r.currency)
}

// Price is the price without its currency and number of units: "0.20".
func (r Rate) Price() string {
	return string(appendDecimal(nil, r.coef, r.scale, r.currency.Digits()))
}

// String is the price, a slash and the number of units, if that is not 1:
// "0.45", "0.20/1000".
func (r Rate) String() string {
	if r.per <= 1 {
		return r.Price()
	}
	return r.Price() + "/" + strconv.FormatInt(r.per, 10)
}

// text is the rate as a person reads it: "0.20 USD per 1,000".
func (r Rate) text() string {
	if r == (Rate{}) {
		return "no charge"
	}
	s := r.Price() + " " + string(r.currency)
	if r.per > 1 {
		return s + " per " + group(r.per)
	}
	return s + " each"
}

// blockText is the same of a rate whose started blocks are whole.
func (r Rate) blockText() string {
	if r.per > 1 {
		return r.Price() + " " + string(r.currency) + " per started " + group(r.per)
	}
	return r.text()
}

type rateJSON struct {
	Price    string   `json:"price"`
	Per      int64    `json:"per"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"price":"0.20","per":1000,"currency":"USD"}.
func (r Rate) MarshalJSON() ([]byte, error) {
	return json.Marshal(rateJSON{r.Price(), r.per, r.currency})
}

// UnmarshalJSON reads what MarshalJSON writes and refuses prices that are
// not strings.
func (r *Rate) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var read rateJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("%w: %w", ErrRate, err)
	}
	if zero := (Rate{}); read == (rateJSON{zero.Price(), 0, ""}) {
		*r = zero
		return nil
	}
	parsed, err := Per(read.Per, read.Price, read.Currency)
	if err == nil {
		*r = parsed
	}
	return err
}
