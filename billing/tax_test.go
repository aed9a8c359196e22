package billing_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestInvoiceTax(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	usage := billing.Usage{billing.BandwidthBytes: 300 * gigabyte}
	bill := func(tax billing.TaxFunc) (billing.Invoice, error) {
		i, _, err := billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Tax: tax})
		return i, err
	}
	vat, err := bill(billing.FlatTax("VAT 19 %", 1_900))
	require.NoError(t, err)
	require.Equal(t, "23.32", vat.Tax.String(), "23.3225")
	require.Equal(t, "146.07", vat.Total.String())
	require.Equal(t, "122.75", vat.Taxes[0].Base.String())
	require.NoError(t, vat.Check())

	// Two progressive invoices have the tax of one: 104.75 and 122.75 by 19 % are
	// 19.9025 and 23.3225. The hook's own slice stays as it was.
	kept := []billing.TaxLine{{Name: "VAT"}}
	hook := func(r billing.TaxRequest) ([]billing.TaxLine, error) {
		lines, err := billing.FlatTax("VAT", 1_900)(r)
		kept[0].Base, kept[0].Amount = r.Net, lines[0].Amount
		return kept, err
	}
	half, _, err := billing.Close(proPlan(t), billing.Usage{billing.BandwidthBytes: 260 * gigabyte}, november, &billing.CloseOptions{Tax: hook, Partial: true})
	require.NoError(t, err)
	rest, _, err := billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Tax: hook, Billed: []billing.Invoice{half}})
	require.NoError(t, err)
	require.Equal(t, "104.75", half.Taxes[0].Base.String())
	require.Equal(t, "19.90", half.Tax.String(), "19.9025")
	require.Equal(t, "18.00", rest.Taxes[0].Base.String())
	require.Equal(t, "3.42", rest.Tax.String())
	require.Equal(t, "23.32", kept[0].Amount.String())
	_, _, err = billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Billed: []billing.Invoice{half}})
	require.ErrorIs(t, err, billing.ErrTax, "the tax of the first is gone")

	boom := errors.New("tax service away")
	for name, c := range map[string]struct {
		lines []billing.TaxLine
		err   error
		want  error
	}{
		"negative":    {[]billing.TaxLine{{Name: "a", Amount: usd(t, "-1")}}, nil, billing.ErrTax},
		"half a cent": {[]billing.TaxLine{{Name: "a", Amount: usd(t, "0.005")}}, nil, billing.ErrTax},
		"twice":       {[]billing.TaxLine{{Name: "a"}, {Name: "a"}}, nil, billing.ErrTax},
		"in euros":    {[]billing.TaxLine{{Name: "a", Amount: euros(t, "1")}}, nil, billing.ErrCurrency},
		"failing":     {nil, boom, boom},
	} {
		_, err := bill(func(billing.TaxRequest) ([]billing.TaxLine, error) { return c.lines, c.err })
		require.ErrorIs(t, err, c.want, name)
	}
	_, err = bill(billing.FlatTax("VAT", -1))
	require.ErrorIs(t, err, billing.ErrTax)
}
