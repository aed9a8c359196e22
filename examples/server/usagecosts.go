package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
)

// A costsQuestion is what the playground's panel of costs asks.
type costsQuestion struct {
	Transforms int64 `json:"transforms"` // a month
	Deliveries int64 `json:"deliveries"` // of each image
	Chart      bool  `json:"chart"`      // whether it is to be drawn, which takes most of the time
}

// A costsAnswer has amounts as text, so that no script computes with them.
type costsAnswer struct {
	Month    usedMonth    `json:"month"`
	Most     int64        `json:"most"` // transforms that may be asked for
	Bytes    int64        `json:"bytesPerDelivery"`
	Offers   []offered    `json:"offers"` // one a provider's product, in the catalogue's order
	Currency string       `json:"currency"`
	Chart    *drawnCharts `json:"chart,omitempty"`
}

type usedMonth struct {
	Name      string `json:"name"`
	Unique    int64  `json:"uniqueTransforms"`
	Included  int64  `json:"included"`
	Cost      string `json:"cost"`
	Projected int64  `json:"projectedTransforms"`
	Projects  string `json:"projectedCost"`
	Resets    string `json:"resets"`
}

// An offered is what a provider asks for the month in question.
type offered struct {
	Series     int      `json:"series"` // of the line in the chart
	Provider   string   `json:"provider"`
	Product    string   `json:"product,omitempty"`
	Plan       string   `json:"plan"`
	Cost       string   `json:"cost"` // empty where no price is printed for so much
	Cheapest   bool     `json:"cheapest,omitempty"`
	Assumes    []string `json:"assumes"`
	Warning    string   `json:"warning,omitempty"`
	Source     string   `json:"source"`
	Retrieved  string   `json:"retrieved"`
	Confidence string   `json:"confidence"`
}

// drawnCharts are SVG, for a page that is wide or narrow.
type drawnCharts struct {
	Wide   string `json:"wide"`
	Narrow string `json:"narrow"`
}

// costs answers what a month of so many images costs here and elsewhere.
func (u *usagePage) costs(w http.ResponseWriter, r *http.Request) {
	body, ok := readQuestion(w, r)
	if !ok {
		return
	}
	var q costsQuestion
	if err := json.Unmarshal(body, &q); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", err)
		return
	}
	if !slices.Contains(deliveries, q.Deliveries) {
		refuse(w, http.StatusBadRequest, "invalid_request", fmt.Errorf("deliveries is %d, and must be one of %v", q.Deliveries, deliveries))
		return
	}
	p, err := u.report(r)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "usage_unavailable", errors.New("the usage could not be read"))
		return
	}
	most := mostTransforms(p)
	if q.Transforms < 0 || q.Transforms > most {
		refuse(w, http.StatusBadRequest, "invalid_request", fmt.Errorf("transforms is %d, and must be 0 to %d", q.Transforms, most))
		return
	}
	a, err := costsOf(p, q)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal", errors.New("the costs could not be worked out"))
		return
	}
	answer(w, http.StatusOK, "application/json", a)
}

func costsOf(p *usageReport, q costsQuestion) (*costsAnswer, error) {
	a := &costsAnswer{
		Month: usedMonth{
			Name: p.Period.Start.Format("January 2006"), Unique: p.Unique, Included: p.Included, Cost: priced(p.Cost),
			Projected: p.Projection.Unique, Projects: priced(p.Projection.Cost), Resets: p.Period.End.Format("2 January"),
		},
		Most: mostTransforms(p), Bytes: deliveredBytes, Currency: string(p.Cost.Currency()),
	}
	offers := catalog.Recomputed().Offers
	quotes, err := billing.Compare(scenario(q.Transforms, q.Deliveries), offers, p.at)
	if err != nil {
		return nil, err
	}
	series := seriesOf(offers)
	for i, quote := range quotes {
		o := quote.Offer
		entry := offered{
			Series: series[[2]string{o.Provider, o.Product}], Provider: o.Provider, Product: o.Product, Plan: o.Plan,
			Assumes: quote.Assumes, Warning: quote.Warning,
			Source: o.Source, Retrieved: o.Retrieved.Format(time.DateOnly), Confidence: string(o.Confidence),
		}
		if !quote.Custom {
			entry.Cost = span(quote)
			order, err := quote.Low.Cmp(quotes[0].Low)
			entry.Cheapest = i == 0 || err == nil && order == 0
		}
		a.Offers = append(a.Offers, entry)
	}
	// In the same order whatever they cost, so that no row moves away from
	// under somebody's hand.
	slices.SortFunc(a.Offers, func(a, b offered) int { return a.Series - b.Series })
	if q.Chart {
		c, err := compare(p, q.Deliveries)
		if err != nil {
			return nil, err
		}
		a.Chart = new(drawnCharts)
		for _, each := range []struct {
			to    *string
			chart chart
			class string
		}{{&a.Chart.Wide, layOut(c.lines, p, a.Most, 880, 440, 130), "wide"}, {&a.Chart.Narrow, c.Narrow, "narrow"}} {
			var b bytes.Buffer
			if err := usageTemplate.ExecuteTemplate(&b, "chart", drawnAs(each.chart, each.class)); err != nil {
				return nil, err
			}
			*each.to = b.String()
		}
	}
	return a, nil
}
