package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// Secrets are those of one tenant, in a file: one a line. The first signs, and
// any of them verifies. The file is read again by Reload, while requests go on.
type Secrets struct {
	file, tenant, delivery string
	now                    atomic.Pointer[secrets]
}

type secrets struct {
	first   string
	keyring *sign.Keyring
}

// OpenSecrets reads the secrets of a tenant, whose pictures are delivered at
// that URL.
func OpenSecrets(file, tenant, delivery string) (*Secrets, error) {
	s := &Secrets{file: file, tenant: tenant, delivery: delivery}
	return s, s.Reload()
}

// Reload reads the file again. Where it is missing or has a fault, the secrets
// stay what they were: better an old secret than none.
func (s *Secrets) Reload() error {
	text, err := os.ReadFile(s.file)
	if err != nil {
		return err
	}
	lines := strings.Fields(string(text))
	if len(lines) == 0 {
		return errors.New(s.file + " has no secret")
	}
	keyring, err := sign.NewKeyring(lines...)
	if err != nil {
		return fmt.Errorf("%s: %w", s.file, err)
	}
	s.now.Store(&secrets{lines[0], keyring})
	return nil
}

// Keyring is for [sign.TenantsFunc], which verifies what is delivered.
func (s *Secrets) Keyring(_ context.Context, tenant string) (*sign.Keyring, error) {
	if tenant != s.tenant {
		return nil, fs.ErrNotExist
	}
	return s.now.Load().keyring, nil
}

// Project is for the management API, which tells clients what to sign by.
func (s *Secrets) Project(_ context.Context, tenant string) (api.Project, error) {
	if tenant != s.tenant {
		return api.Project{}, fs.ErrNotExist
	}
	return api.Project{ID: tenant, Name: tenant, BaseURL: s.delivery, Secret: s.now.Load().first}, nil
}
