package billing_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// must is for amounts that are written in the program.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// exampleTiers are free up to 25,000 and then fall from $0.20 per 1,000.
func exampleTiers() []billing.Tier {
	return []billing.Tier{
		{UpTo: 25_000, Unit: must(billing.Per(1000, "0", "USD"))},
		{UpTo: 100_000, Unit: must(billing.Per(1000, "0.20", "USD"))},
		{UpTo: 200_000, Unit: must(billing.Per(1000, "0.15", "USD"))},
		{UpTo: 500_000, Unit: must(billing.Per(1000, "0.09", "USD"))},
		{UpTo: billing.Inf, Unit: must(billing.Per(1000, "0.07", "USD"))},
	}
}

func examplePlan() billing.Plan {
	return billing.Plan{
		ID: "pay-as-you-go", Version: 1, Arrears: true,
		Components: []billing.Component{{
			Metric:  billing.TransformsUnique,
			Overage: must(billing.Graduated(billing.Linear, exampleTiers()...)),
		}},
	}
}

func Example() {
	charge, err := examplePlan().Estimate(billing.Usage{billing.TransformsUnique: 300_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range charge.Lines {
		fmt.Printf("%7d × %s = %5s  (%s)\n", l.Quantity, l.Rate, l.Amount, l.Description)
	}
	fmt.Println("total", charge.Total, charge.Total.Currency())
	// Output:
	//   25000 × 0.00/1000 =  0.00  (1 to 25,000 at 0.00 USD per 1,000)
	//   75000 × 0.20/1000 = 15.00  (25,001 to 100,000 at 0.20 USD per 1,000)
	//  100000 × 0.15/1000 = 15.00  (100,001 to 200,000 at 0.15 USD per 1,000)
	//  100000 × 0.09/1000 =  9.00  (200,001 to 500,000 at 0.09 USD per 1,000)
	// total 39.00 USD
}

func ExampleGraduated() {
	price, err := billing.Graduated(billing.Linear,
		billing.Tier{UpTo: 100, Unit: must(billing.PerUnit("1", "USD"))},
		billing.Tier{UpTo: billing.Inf, Unit: must(billing.PerUnit("0.50", "USD"))},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range []int64{100, 101, 200} {
		fmt.Println(n, must(price.Amount(n)))
	}
	// Output:
	// 100 100.00
	// 101 100.50
	// 200 150.00
}

func ExampleVolume() {
	price, err := billing.Volume(billing.Linear,
		billing.Tier{UpTo: 100, Unit: must(billing.PerUnit("1", "USD"))},
		billing.Tier{UpTo: billing.Inf, Unit: must(billing.PerUnit("0.50", "USD"))},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range []int64{100, 101, 200} {
		fmt.Println(n, must(price.Amount(n)))
	}
	_, err = price.Between(100, 200)
	fmt.Println(errors.Is(err, billing.ErrSplit))
	// Output:
	// 100 100.00
	// 101 50.50
	// 200 100.00
	// true
}

// $9 for every started 20 GB after the first 40.
func ExamplePackage() {
	price, err := billing.Package(20, must(billing.ParseMoney("9", "USD")), 40)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(must(price.Amount(40)), must(price.Amount(41)), must(price.Amount(65)))
	// Output: 0.00 9.00 18.00
}

func ExampleUnit() {
	perThousand := must(billing.Per(1000, "0.20", "USD"))
	fmt.Println(must(billing.Unit(perThousand, billing.Linear).Amount(1001)))
	fmt.Println(must(billing.Unit(perThousand, billing.BlockUp).Amount(1001)))
	// Output:
	// 0.2002
	// 0.40
}

func ExampleFlat() {
	price := billing.Flat(must(billing.ParseMoney("15", "USD")))
	fmt.Println(must(price.Amount(0)), must(price.Amount(1_000_000)))
	// Output: 15.00 15.00
}

func ExampleCapped() {
	price := billing.Capped(
		billing.Unit(must(billing.PerUnit("1", "USD")), billing.Linear),
		must(billing.ParseMoney("10", "USD")), must(billing.ParseMoney("100", "USD")),
	)
	for _, n := range []int64{3, 50, 130} {
		for _, l := range must(price.Charge(n)).Lines {
			fmt.Printf("%s %s, ", l.Key, l.Amount)
		}
		fmt.Println("total", must(price.Charge(n)).Total)
	}
	// Output:
	// unit 3.00, minimum 7.00, total 10.00
	// unit 50.00, total 50.00
	// unit 130.00, maximum -30.00, total 100.00
}

// A period billed twice on its way comes to the cent that it would at its end.
func ExamplePrice() {
	price := must(billing.Graduated(billing.Linear, exampleTiers()...))
	first := must(price.Between(0, 25_030))
	rest := must(price.Between(25_030, 300_000))
	fmt.Println(first.Exact, first.Total)
	fmt.Println(rest.Exact, rest.Total)
	fmt.Println(must(first.Total.Add(rest.Total)), must(price.Charge(300_000)).Total)
	// Output:
	// 0.006 0.01
	// 38.994 38.99
	// 39.00 39.00
}

func ExampleCurve() {
	price := must(billing.Graduated(billing.Linear, exampleTiers()...))
	for _, p := range must(billing.Curve(price, 0, 100_000, 3)) {
		fmt.Println(p.Quantity, p.Amount)
	}
	// Output:
	// 0 0.00
	// 25000 0.00
	// 25001 0.0002
	// 50000 5.00
	// 100000 15.00
}

func ExampleCliffs() {
	price := must(billing.Volume(billing.Linear, exampleTiers()...))
	for _, c := range must(billing.Cliffs(price)) {
		fmt.Printf("%d cost %s, one more %s; as much again at %d\n", c.At, c.Before, c.After, c.Recovers)
	}
	// Output:
	// 100000 cost 20.00, one more 15.00015; as much again at 133334
	// 200000 cost 30.00, one more 18.00009; as much again at 333334
	// 500000 cost 45.00, one more 35.00007; as much again at 642858
}

// $89 with 225 GB, and $0.45 for each more.
func ExamplePlan_Estimate() {
	plan := billing.Plan{
		ID: "pro", Version: 1, Base: must(billing.ParseMoney("89", "USD")), Arrears: true,
		Components: []billing.Component{{
			Metric: billing.BandwidthBytes, Included: 225_000_000_000,
			Overage: billing.Unit(must(billing.Per(1_000_000_000, "0.45", "USD")), billing.Linear),
		}},
	}
	charge, err := plan.Estimate(billing.Usage{billing.BandwidthBytes: 300_000_000_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range charge.Lines {
		fmt.Println(l.Key, l.Amount)
	}
	fmt.Println(charge.Total)
	// Output:
	// base 89.00
	// bandwidth.bytes/included 0.00
	// bandwidth.bytes/unit 33.75
	// 122.75
}

func ExamplePlan_EstimateProjects() {
	projects := map[string]billing.Usage{
		"shop": {billing.TransformsUnique: 60_000},
		"blog": {billing.TransformsUnique: 40_000},
	}
	plan := examplePlan()
	fmt.Println(must(plan.EstimateProjects(projects)).Total)
	plan.PerProject = true
	fmt.Println(must(plan.EstimateProjects(projects)).Total)
	// Output:
	// 15.00
	// 10.00
}

func ExamplePlan_Project() {
	november := billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	used := billing.Usage{billing.TransformsUnique: 100_000}
	charge, err := examplePlan().Project(used, november, time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC))
	fmt.Println(charge.Total, err)
	// Output: 39.00 <nil>
}

func ExampleUsage_Forecast() {
	november := billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	used := billing.Usage{billing.TransformsUnique: 1000}
	fmt.Println(used.Forecast(november, time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)))
	// Output: map[transforms.unique:2000] <nil>
}

func ExampleSumUsage() {
	sum, err := billing.SumUsage(slices.Values([]billing.Usage{
		{billing.TransformsUnique: 60_000},
		{billing.TransformsUnique: 40_000, billing.Projects: 1},
	}))
	fmt.Println(sum[billing.TransformsUnique], sum[billing.Projects], err)
	// Output: 100000 1 <nil>
}

func ExamplePlan_Decide() {
	free := billing.Plan{
		ID: "free", Version: 1,
		Components: []billing.Component{{Metric: billing.TransformsUnique, Included: 25_000}},
		Limits:     billing.Limits{Projects: 1},
	}
	account := billing.Account{
		Used:   billing.Usage{billing.TransformsUnique: 25_000, billing.Projects: 1},
		Period: billing.Month(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)),
	}
	for _, op := range []billing.Operation{billing.Serve, billing.Render, billing.CreateProject} {
		decision, err := free.Decide(account, op)
		fmt.Printf("%v: %v %v\n", op, decision, err)
	}
	// Output:
	// serve: allow <nil>
	// render: serve cached only billing: plan limit reached: transforms.unique, at most 25,000 until 2026-12-01T00:00:00Z
	// create project: deny project billing: plan limit reached: projects, at most 1
}

func ExampleLimits_Decide() {
	decision, err := billing.Limits{}.Decide(billing.Account{Standing: billing.Outstanding}, billing.Upload)
	fmt.Println(decision, errors.Is(err, billing.ErrUploads))
	decision, err = billing.Limits{}.Decide(billing.Account{Standing: billing.Outstanding}, billing.Render)
	fmt.Println(decision, err)
	// Output:
	// deny upload true
	// allow <nil>
}

func ExamplePlan_Limit() {
	plan := billing.Plan{Limits: billing.Limits{Hard: map[billing.Metric]int64{billing.TransformsUnique: 25_000}}}
	fmt.Println(plan.Limit(billing.TransformsUnique))
	fmt.Println(plan.Limit(billing.BandwidthBytes))
	// Output:
	// 25000 true
	// 0 false
}

func ExampleQuotaError() {
	limits := billing.Limits{Hard: map[billing.Metric]int64{billing.TransformsUnique: 25_000}}
	used := billing.Usage{billing.TransformsUnique: 25_000}
	_, err := limits.Decide(billing.Account{Used: used}, billing.Render)
	if quota, is := errors.AsType[*billing.QuotaError](err); is {
		fmt.Println(quota.Metric, quota.Limit, errors.Is(err, billing.ErrQuota))
	}
	// Output: transforms.unique 25000 true
}

func ExampleParseMoney() {
	m, err := billing.ParseMoney("12.275", "USD")
	fmt.Println(m, m.Currency(), err)
	_, err = billing.ParseMoney("12,275", "USD")
	fmt.Println(err)
	// Output:
	// 12.275 USD <nil>
	// billing: not an amount of money: "12,275" is not a decimal number such as 15.00
}

func ExampleMinor() {
	fmt.Println(billing.Minor(1500, "USD"))
	fmt.Println(billing.Minor(1500, "JPY"))
	// Output:
	// 15.00 <nil>
	// 1500 <nil>
}

func ExampleNano() {
	m, err := billing.Nano(200_000, "USD")
	fmt.Println(m, err)
	// Output: 0.0002 <nil>
}

func ExampleMoney_Round() {
	credit := must(billing.ParseMoney("12.275", "USD"))
	fmt.Println(must(credit.Round(billing.HalfUp)), must(credit.Round(billing.Down)))
	// Output: 12.28 12.27
}

// Twenty percent on top of a cost, held rounded up.
func ExampleMoney_MulRatio() {
	cost := must(billing.ParseMoney("0.052", "USD"))
	fmt.Println(cost.MulRatio(120, 100, billing.Up))
	// Output: 0.0624 <nil>
}

func ExampleMoney_Allocate() {
	fmt.Println(must(billing.ParseMoney("100", "USD")).Allocate([]int64{1, 1, 1}))
	// Output: [33.34 33.33 33.33] <nil>
}

func ExamplePer() {
	r, err := billing.Per(1000, "0.20", "USD")
	fmt.Println(r, err)
	fmt.Println(r.Amount(25, billing.HalfUp))
	fmt.Println(r.Blocks(25))
	// Output:
	// 0.20/1000 <nil>
	// 0.005 <nil>
	// 0.20 <nil>
}

func ExamplePerUnit() {
	r, err := billing.PerUnit("0.45", "USD")
	fmt.Println(r, err)
	// Output: 0.45 <nil>
}

func ExampleParseRate() {
	r, err := billing.ParseRate("0.20/1000", "USD")
	fmt.Println(r.Price(), r.Units(), r.Currency(), err)
	// Output: 0.20 1000 USD <nil>
}

func ExampleCurrency_Digits() {
	fmt.Println(billing.Currency("USD").Digits(), billing.Currency("JPY").Digits(), billing.Currency("KWD").Digits())
	// Output: 2 0 3
}
