package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/sign"
)

// keepSecret returns the secret that the file holds, and makes it if there is
// none. If two servers start at once, both return the same.
func keepSecret(name string) (string, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err = writeWhole(name, []byte(sign.NewSecret()+"\n"), false); err == nil {
			text, err = os.ReadFile(name)
		}
	}
	if err != nil {
		return "", fmt.Errorf("secret of the data folder: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < sign.MinSecret {
		return "", fmt.Errorf("secret in %s has %d bytes, must have at least %d: delete the file to have a new one made, which ends all signed URLs", name, len(secret), sign.MinSecret)
	}
	return secret, nil
}

// A keptKey is what is stored of an API key.
type keptKey struct {
	Prefix    string       `json:"prefix"`
	Hash      sign.KeyHash `json:"hash"`
	CreatedAt time.Time    `json:"createdAt"`
}

// keepKeys returns the API keys that the file holds, and adds given to them
// if it is not the zero key. Where there is neither, it makes one and returns
// it as made, which is the one time that anybody sees it.
func keepKeys(name string, given sign.APIKey) (keys []keptKey, made sign.APIKey, err error) {
	keys, err = readKeys(name)
	if err != nil {
		return nil, made, err
	}
	add := given
	if given.Reveal() == "" {
		if len(keys) > 0 {
			return keys, made, nil
		}
		add = sign.NewAPIKey()
	}
	holds := func(k keptKey) bool { return k.Hash == add.Hash() }
	if slices.ContainsFunc(keys, holds) {
		return keys, made, nil
	}
	first := len(keys) == 0
	keys = append(keys, keptKey{add.Prefix(), add.Hash(), time.Now().UTC().Truncate(time.Second)})
	text, err := json.MarshalIndent(keys, "", "\t")
	if err == nil {
		err = writeWhole(name, append(text, '\n'), !first)
	}
	if err == nil {
		keys, err = readKeys(name)
	}
	switch {
	case err != nil:
		return nil, made, fmt.Errorf("API keys of the data folder: %w", err)
	case !slices.ContainsFunc(keys, holds) && given.Reveal() != "":
		return nil, made, errors.New("API keys of the data folder: another server is starting in it; start again")
	case given.Reveal() == "" && slices.ContainsFunc(keys, holds):
		made = add
	}
	return keys, made, nil
}

func readKeys(name string) ([]keptKey, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var keys []keptKey
	if err == nil {
		err = json.Unmarshal(text, &keys)
	}
	if err != nil {
		return nil, fmt.Errorf("API keys of the data folder: %s: %w", name, err)
	}
	return keys, nil
}

// writeWhole writes a file of mode 0600 that appears whole or not at all.
// Unless replace is set, a file that is there already stays as it is.
func writeWhole(name string, text []byte, replace bool) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if !replace {
		// A link, unlike a rename, does not replace; some file systems have none.
		if err = os.Link(f.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
			return nil
		}
	}
	return os.Rename(f.Name(), name)
}
