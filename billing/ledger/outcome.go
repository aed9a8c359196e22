package ledger

// Outcome says how an operation ended, and so what of its upstream bill the
// customer pays.
type Outcome uint8

// The outcomes of an operation. The amount billed is what the upstream
// provider charges for it.
const (
	Succeeded        Outcome = iota + 1 // the customer pays what was billed
	GatewayFailed                       // our fault: nothing, even if something was billed
	UpstreamFailed                      // what was billed, often nothing
	Malformed                           // a request that was never valid: nothing
	ModerationDenied                    // what was billed and no more
	ClientGone                          // finished upstream after the client left: what was billed
	Unknown                             // nobody knows: held until it expires, then released and raised
)

// charges reports whether the customer pays what was billed.
func (o Outcome) charges() bool { return o != GatewayFailed && o != Malformed }

func (o Outcome) valid() bool { return o >= Succeeded && o <= Unknown }

// String returns the outcome's name, such as "client gone".
func (o Outcome) String() string {
	switch o {
	case Succeeded:
		return "succeeded"
	case GatewayFailed:
		return "gateway failed"
	case UpstreamFailed:
		return "upstream failed"
	case Malformed:
		return "malformed"
	case ModerationDenied:
		return "moderation denied"
	case ClientGone:
		return "client gone"
	case Unknown:
		return "unknown"
	}
	return "no outcome"
}
