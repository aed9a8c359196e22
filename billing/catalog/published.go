package catalog

import "github.com/immagin/immagin-go/billing"

// page is where Immagin printed its prices and the comparison.
const page = "https://immag.in/"

// Published returns "immagin-2026-02": the comparison as it was printed, for
// 100,000, 500,000 and 1,000,000 transforms. The figures of the others are a
// competitor's, so their confidence is [billing.Seed]; what they rest on is in
// the notes. [Recomputed] has the same providers worked out.
func Published() Catalogue {
	return Catalogue{Name: "immagin-2026-02", AsOf: published, Offers: []billing.Offer{
		printed("Immagin", billing.FirstParty, "The tiers give exactly this.",
			figure("15", "15", "$15"), figure("57", "57", "$57"), figure("92", "92", "$92")),
		printed("Cloudinary", billing.Seed, "Holds billed by the year, for transforms alone, and without the plan of 1,350 credits.",
			figure("89", "89", "$89"), figure("224", "224", "$224"), custom("Enterprise")),
		printed("Uploadcare", billing.Seed, "Base fees billed by the month; operations beyond the quota are left out.",
			figure("79", "79", "$79"), figure("79", "199", "$79–199"), figure("199", "199", "$199+")),
		printed("ImageKit", billing.Seed, "Priced on bandwidth. No one size of picture gives the whole row: at 250 kB 100,000 are not free, at 200 kB 1,000,000 are $89.",
			figure("0", "0", "$0"), figure("89", "89", "$89"), figure("100", "100", "~$100")),
		printed("Cloudflare", billing.Seed, "Adds the price of remote images to that of stored ones, of which an image pays only one. The low figures are near a tenth unique, the high are all unique.",
			figure("3", "49", "$3–49"), figure("28", "253", "$28–253"), figure("58", "508", "$58–508")),
	}}
}

// printed is a row of the comparison, for its three volumes in order.
func printed(provider string, c billing.Confidence, notes string, figures ...billing.PrintedFigure) billing.Offer {
	for i, volume := range []int64{100_000, 500_000, 1_000_000} {
		figures[i].Transforms = volume
	}
	return billing.Offer{
		Provider: provider, Plan: "as printed", Printed: figures,
		Source: page, Retrieved: published, Confidence: c, Notes: notes,
	}
}

func figure(low, high, text string) billing.PrintedFigure {
	return billing.PrintedFigure{Low: dollars(low), High: dollars(high), Text: text}
}

func custom(text string) billing.PrintedFigure {
	return billing.PrintedFigure{Custom: true, Text: text}
}
