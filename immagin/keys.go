package immagin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/immagin/immagin-go/sign"
)

// Keys makes, lists and revokes a project's API keys. It is a [Client]'s.
type Keys struct{ c *Client }

// A Key is what the API tells of an API key, which is not the key itself.
type Key struct {
	// ID names the key to [Keys.Revoke].
	ID string `json:"id"`
	// Prefix is the key's first 8 characters.
	Prefix string `json:"prefix"`
	// Name that it was made with.
	Name string `json:"name"`
	// CreatedAt is when it was made.
	CreatedAt time.Time `json:"createdAt"`
	// LastUsedAt is when it was last used, to about a minute; zero if never.
	LastUsedAt time.Time `json:"lastUsedAt"`
}

// A NewKey is an API key that was just made. It prints, logs and encodes with
// no more than the prefix of the key.
type NewKey struct {
	// ID names the key to [Keys.Revoke].
	ID string `json:"id"`
	// Key is the whole key: Key.Reveal returns its text. This is the only time
	// that the API shows it.
	Key sign.APIKey `json:"key"`
	// Prefix is the key's first 8 characters.
	Prefix string `json:"prefix"`
	// Name that it was made with.
	Name string `json:"name"`
}

// Create makes an API key for the project. It is never tried again: after an
// error that is no [*Error], a key may have been made that nobody knows; List
// shows it, by its name, and Revoke ends it.
func (k *Keys) Create(ctx context.Context, name string) (*NewKey, error) {
	request := struct {
		Name string `json:"name"`
	}{name}
	var answer struct{ ID, Key, Prefix, Name string }
	if err := k.c.call(ctx, nil, http.MethodPost, "/v1/keys", request, &answer); err != nil {
		return nil, err
	}
	key, err := sign.ParseAPIKey(answer.Key)
	if err != nil {
		return nil, errors.New("immagin: POST /v1/keys: the answer has no API key")
	}
	return &NewKey{ID: answer.ID, Key: key, Prefix: answer.Prefix, Name: answer.Name}, nil
}

// List returns the project's API keys, in the order in which they were made.
// Revoked ones are not among them.
func (k *Keys) List(ctx context.Context) ([]Key, error) {
	var keys []Key
	if err := k.c.call(ctx, k.c.retries(), http.MethodGet, "/v1/keys", nil, &keys); err != nil {
		return nil, err
	}
	return keys, nil
}

// Revoke ends the API key of that ID: it fails at its next call. Where there is
// none, the error is an [*Error] of status 404, unless that is the answer to a
// retry: then the first try may have ended it, and Revoke succeeds.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	switch {
	case id == "" || id == "." || id == "..":
		return errors.New("immagin: revoke: the ID must not be empty or dots")
	case strings.HasPrefix(id, "imk_"):
		return errors.New("immagin: revoke: give the key's ID, not the key") // which an error would show
	}
	return k.c.remove(ctx, "/v1/keys/"+component(id))
}
