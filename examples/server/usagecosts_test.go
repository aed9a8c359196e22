package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asked sends what the panel of costs does.
func asked(u *usagePage, question string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/playground/costs", strings.NewReader(question))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	u.costs(w, r)
	return w
}

func TestCosts(t *testing.T) {
	u := reporter(t, 100_000, time.Date(2026, time.November, 11, 0, 0, 0, 0, time.UTC))
	for n, want := range map[string]string{"0": "$0.00", "25000": "$0.00", "100000": "$15.00", "300000": "$39.00", "1000000": "$92.00"} {
		w := asked(u, `{"transforms":`+n+`,"deliveries":10}`)
		require.Equal(t, 200, w.Code, "%s", w.Body)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		var a costsAnswer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
		require.Equal(t, usedMonth{"November 2026", 100_000, 25_000, "$15.00", 300_000, "$39.00", "1 December"}, a.Month)
		require.Equal(t, "USD", a.Currency)
		require.EqualValues(t, 1_000_000, a.Most)
		require.Nil(t, a.Chart)
		require.Equal(t, want, a.Offers[0].Cost, n)
		cheapest := 0
		for i, o := range a.Offers {
			require.Equal(t, i, o.Series, "the catalogue's order, whatever the price")
			require.NotEmpty(t, o.Provider)
			require.NotEmpty(t, o.Assumes, o.Provider)
			require.True(t, strings.HasPrefix(o.Source, "https://"), o.Source)
			_, err := time.Parse(time.DateOnly, o.Retrieved)
			require.NoError(t, err)
			require.Regexp(t, `^(|\$[0-9]+\.[0-9]{2}(–\$[0-9]+\.[0-9]{2})?)$`, o.Cost, o.Provider)
			if o.Cheapest {
				cheapest++
				require.NotEmpty(t, o.Cost)
			}
		}
		require.NotZero(t, cheapest)
	}
	t.Run("drawn when asked", func(t *testing.T) {
		w := asked(u, `{"transforms":1,"deliveries":100,"chart":true}`)
		var a costsAnswer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
		for _, svg := range []string{a.Chart.Wide, a.Chart.Narrow} {
			require.True(t, strings.HasPrefix(svg, "<svg ") && strings.HasSuffix(svg, "</svg>"))
			require.Equal(t, len(a.Offers), strings.Count(svg, `class="line `))
			require.NotContains(t, svg, "ZgotmplZ")
			require.NotContains(t, svg, "style=")
		}
	})
	t.Run("money is text", func(t *testing.T) {
		var all map[string]any
		require.NoError(t, json.Unmarshal(asked(u, `{"transforms":300000,"deliveries":10}`).Body.Bytes(), &all))
		numbers := []string{}
		for name, v := range all["month"].(map[string]any) {
			if _, ok := v.(float64); ok {
				numbers = append(numbers, name)
			}
		}
		require.ElementsMatch(t, []string{"uniqueTransforms", "included", "projectedTransforms"}, numbers)
		for _, o := range all["offers"].([]any) {
			for name, v := range o.(map[string]any) {
				if _, ok := v.(float64); ok {
					require.Equal(t, "series", name)
				}
			}
		}
	})
	t.Run("refusals", func(t *testing.T) {
		for question, says := range map[string]string{
			`{"transforms":-1,"deliveries":1}`:        "transforms is -1",
			`{"transforms":1000001,"deliveries":1}`:   "must be 0 to 1000000",
			`{"transforms":1,"deliveries":2}`:         "deliveries is 2",
			`{"transforms":1}`:                        "deliveries is 0",
			`{"transforms":1.5,"deliveries":1}`:       "transforms",
			`{"transforms":1e300,"deliveries":1}`:     "transforms",
			`{"transforms":"many","deliveries":1}`:    "transforms",
			`{"transforms":1,"deliveries":1,"chart":`: "JSON",
		} {
			w := asked(u, question)
			require.Equal(t, 400, w.Code, question)
			require.Contains(t, w.Body.String(), says, question)
		}
	})
	t.Run("the usage cannot be read", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/playground/costs", strings.NewReader(`{"deliveries":1}`)).WithContext(cancelled(t))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		u.costs(w, r)
		require.Equal(t, 503, w.Code)
	})
}

// The line of our own tiers has a point at each corner, wherever the chart
// ends.
func TestCurveKeepsCorners(t *testing.T) {
	u := reporter(t, 400_000, time.Date(2026, time.November, 8, 0, 0, 0, 0, time.UTC))
	p, err := u.report(httptest.NewRequest("GET", "http://127.0.0.1/playground/usage", nil))
	require.NoError(t, err)
	require.EqualValues(t, 2_000_000, mostTransforms(p))
	c, err := compare(p, 1)
	require.NoError(t, err)
	ours := c.lines[len(c.lines)-1]
	require.Equal(t, "Immagin", ours.row.Provider)
	at := map[float64]bool{}
	for _, p := range ours.points {
		at[p.n] = true
	}
	for _, corner := range []float64{0, 25_000, 100_000, 200_000, 500_000, 2_000_000} {
		require.True(t, at[corner], corner)
	}
}
