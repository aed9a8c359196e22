package luna

import "errors"

// Defaults returns what stands for options that are nil.
func Defaults() (Options, HandlerOptions, error) {
	o, err := (*Options)(nil).withDefaults()
	h := (*HandlerOptions)(nil).withDefaults()
	return o, h, errors.Join(err, h.check())
}
