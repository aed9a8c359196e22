package meter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// What stores refuse.
var (
	// ErrFull is the error of Take and Settle where a limit leaves no room.
	ErrFull = errors.New("meter: no room under the limit")
	// ErrOpen is the error of Drop for periods that are not sealed.
	ErrOpen = errors.New("meter: period not sealed")
	// ErrDropped is the error for records of periods that were dropped, as
	// *DroppedError.
	ErrDropped = errors.New("meter: period dropped")
)

// DroppedError says that records belong to periods whose elements a store has
// dropped, so that it cannot tell whether they were counted. It is
// ErrDropped.
type DroppedError struct {
	Before time.Time // all periods that started before it are dropped
}

func (e *DroppedError) Error() string {
	return fmt.Sprintf("%v: those that started before %s are", ErrDropped, e.Before.UTC().Format(time.RFC3339Nano))
}

// Is makes errors.Is(err, ErrDropped) true.
func (e *DroppedError) Is(target error) bool { return target == ErrDropped }

// A Count is how many elements of one project, metric and period are billed
// in one period.
type Count struct {
	Project string
	Metric  billing.Metric
	Period  time.Time // when the period starts to which the elements belong
	Billed  time.Time // when the period starts in which they are billed: Period, or later if that was sealed
	N       int64     // positive
}

// A Slot is room for one record that is not made yet.
type Slot struct {
	Record  Record    // what is to be made
	Token   ID        // of this attempt: another attempt at the same record has another
	Limit   int64     // the most that may be counted of the record's project, metric and period
	Expires time.Time // when others may have the room, if it is not settled
}

// A Store keeps usage. [github.com/immagin/immagin-go/billing/billingtest] has
// the tests of what is said here, in this order.
//
// A store's state is a set of [Record] elements, for each project a time
// before which it is sealed, and slots. Its counters are always what the set
// says: they change in the transaction that changes the set. Texts are
// compared and ordered by their bytes, times are exact to the nanosecond
// (stores keep Time.UnixNano) and are returned in UTC. Processes may share one
// store. All methods are safe for concurrent use, and return the context's
// error, having changed nothing, if it is over when they are called. What a
// method has returned without an error outlives the death of the process.
type Store interface {
	// Insert adds the elements of the batch that are not in the set, all in
	// one transaction, and returns by how much the counters grew. Batches of
	// any size are valid; the fast way in is a thousand records or more,
	// sorted as [Normalize] leaves them. Any order and repetitions are valid
	// too, and inserting again changes nothing and returns 0. A batch with a
	// record that Normalize refuses changes nothing and returns its error.
	//
	// An element whose Period is before the time for which its project is
	// sealed is billed in the period that starts at that time; every other
	// in its own Period. Sightings change which sightings of the same ID
	// count, as [Recount] says: one that is older than others can make the
	// counters shrink, and fresh negative.
	Insert(ctx context.Context, batch []Record) (fresh int, err error)

	// Counts returns the counters of one project, or of all where project is
	// empty, of elements billed in a period that starts in p (Start ≤ Billed
	// < End); the zero Period is all time. They are sorted by Project,
	// Metric, Period and Billed; those that are 0 are left out. A project
	// that nobody has heard of has none.
	Counts(ctx context.Context, project string, p billing.Period) ([]Count, error)

	// Take keeps room for s.Record until s.Expires, or returns ErrFull. What
	// would not count anyway, because it is in the set (or, with a window,
	// because a sighting is at or less than the window before it; see
	// [Within]), needs no room and no slot, and is never refused. For
	// others there is room if
	//
	//	counted + held < s.Limit
	//
	// where counted is the count of the record's project and metric with
	// Period and Billed both the record's Period, and held is the number of
	// different IDs other than the record's own for which slots of the same
	// project, metric and Period are kept that expire after now. Checking and
	// taking are one transaction: however many callers and processes take at
	// the same time, Settle never counts more than Limit. Taking again with
	// the same Token moves Expires. Records that Normalize refuses, and those
	// of dropped periods, are refused as by Insert.
	//
	// Now is the caller's clock; stores do not look at one of their own.
	Take(ctx context.Context, s Slot, now time.Time) error

	// Settle ends what Take began. Not rendered: it forgets the slot with
	// s.Token. Rendered: it inserts s.Record and forgets all slots of the
	// record's project, metric, Period and ID, in one transaction, and
	// returns by how much the counters grew. If the slot with s.Token is not
	// there any more, or does not expire after now, there must be room as for
	// Take; else nothing is inserted and the error is ErrFull, so that a
	// limit is never exceeded, however long rendering takes. Settling again
	// changes nothing and returns 0 and no error. A record of a dropped
	// period is refused as by Insert.
	Settle(ctx context.Context, s Slot, now time.Time, rendered bool) (fresh int, err error)

	// Scan returns up to limit elements with a Period that starts in p (zero:
	// all), in the order of [Record.Compare], beginning with the first one
	// after the given one, which need be neither in the set nor valid; the
	// zero Record is before all. Fewer than limit means that there are no more. What is inserted between two calls is in
	// the second if it comes after the first one's end. Elements keep the
	// Period and Window with which they came first.
	Scan(ctx context.Context, p billing.Period, after Record, limit int) ([]Record, error)

	// Seal closes the periods of a project, or of all projects (also those
	// never heard of) where project is empty, that start before the given
	// time: from its return on, no count with a Billed before that time ever
	// changes. The time must be the start of a period. A project is sealed
	// before the later of its own and everybody's time; sealing before an
	// earlier time than that changes nothing.
	Seal(ctx context.Context, project string, before time.Time) error

	// Sealed returns the time before which a project is sealed, or all
	// projects are where it is empty; zero if none is.
	Sealed(ctx context.Context, project string) (time.Time, error)

	// Drop forgets the elements of all projects whose Period is before the
	// given time, except sightings that may keep later ones from counting
	// (At + Window after that time), and slots of such periods. Counters stay
	// for ever. It returns ErrOpen, and drops nothing, if a project has a
	// count with a Period before the time and is not sealed before that time
	// or a later one. From then on Insert, Take and Settle return a
	// *DroppedError for a batch with a record of such a period, and change
	// nothing. Dropping again, or before an earlier time, changes nothing.
	Drop(ctx context.Context, before time.Time) error

	// Close frees what the store holds. No other method is called after it.
	Close() error
}

// A Queue is a durable first-in first-out list of records, all an [Outbox]
// needs of the local disk. It is safe for concurrent use, by one process.
type Queue interface {
	// Append adds the batch to the end, in one transaction. What it has
	// returned outlives the death of the process. A record that is not valid
	// is refused with [ErrRecord], and nothing is added.
	Append(ctx context.Context, batch []Record) error
	// Peek returns up to limit records from the front, in the order in which
	// they were added, repetitions too, and the position after the last of
	// them. Times are in UTC, and At is zero without a Window. An empty queue
	// returns none and no error.
	Peek(ctx context.Context, limit int) (batch []Record, position int64, err error)
	// Discard removes what is before a position that Peek returned. Positions
	// are never used twice, also not after the queue was empty or the process
	// was started again; discarding again changes nothing.
	Discard(ctx context.Context, position int64) error
	// Len is the number of records in the queue.
	Len(ctx context.Context) (int64, error)
}
