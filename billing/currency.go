package billing

import "fmt"

// Currency is an ISO 4217 code, "USD". The empty one belongs only to the
// zero Money.
type Currency string

// Validate refuses what is not three capital letters. It does not ask
// whether the code is in use.
func (c Currency) Validate() error {
	ok := len(c) == 3
	for i := 0; ok && i < len(c); i++ {
		ok = 'A' <= c[i] && c[i] <= 'Z'
	}
	if !ok {
		return fmt.Errorf("%w: %.8q is not three capital letters", ErrCurrency, string(c))
	}
	return nil
}

// Digits is the number of decimals of the minor unit (ISO 4217, list one):
// 2 for most, 0 for the yen, 3 for the dinars. Invoices are rounded to it.
func (c Currency) Digits() int {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}

// minor is the minor unit in nano-units.
func (c Currency) minor() int64 { return pow10[nanoDigits-c.Digits()] }
