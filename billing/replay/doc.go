// Package replay reads access logs and counts the unique transforms that would have
// been metered, by project and billing period: what an invoice would have been, on
// any price, before anybody changes provider.
//
//	tally, err := replay.New(identify, nil)
//	if err != nil {
//		return err
//	}
//	if err := tally.Read(ctx, file); err != nil {
//		return err
//	}
//	for _, count := range tally.Counts() {
//		bill, err := catalog.Immagin().Estimate(count.Usage())
//		...
//	}
//
// A [Tally] reads lines of the Common Log Format, with or without the fields of
// Combined, and JSON lines; [ParseCommon] and [ParseJSON] say what they take. Which
// lines are images is for the caller's [Identify] to say, so that URLs of any
// service can be counted. What counts is decided by a [meter.Meter] of the policy
// that is asked for, as it would have been live.
//
// A log tells less than a server knows. These are the assumptions, of which
// [Tally.Assumptions] lists those that a count rests on:
//
//   - A line that says whether the cache had the answer is believed. One that
//     does not is taken for a miss the first time that a transform is seen in
//     a period, or ever; under a sliding window each time.
//   - Answers of 200, 203, 206 and 304 to GET and HEAD were made; others
//     failed, and are not counted.
//   - An original keeps its content, unless a line has its version.
//   - The time of a line, not its place, picks its period: logs may be read
//     in any order, and lines may be out of order.
package replay
