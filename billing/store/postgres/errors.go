package postgres

import "fmt"

// failed says what went wrong, of an error that may be nil.
func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("postgres: %s: %w", what, err)
}
