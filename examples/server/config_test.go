package main

import (
	"bytes"
	"flag"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const testKey = "imk_0123456789ABCDEFGHIJKL"

func TestConfig(t *testing.T) {
	data := t.TempDir()
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for _, p := range pairs {
				if value, ok := strings.CutPrefix(p, name+"="); ok {
					return value
				}
			}
			return ""
		}
	}
	t.Run("defaults", func(t *testing.T) {
		c, err := readConfig(nil, env("IMMAGIN_DATA="+data), io.Discard)
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1:8080", c.addr)
		require.Equal(t, data, c.data)
		require.Equal(t, "demo", c.tenant)
		require.Contains(t, c.store, "file://")
		require.Contains(t, c.store, "/store")
		require.Contains(t, c.cache, "/store")
		require.Equal(t, filepath.Join(data, "usage.db"), c.usage)
		require.False(t, c.playground)
		require.False(t, c.hasAPIKey)
	})
	t.Run("environment", func(t *testing.T) {
		c, err := readConfig(nil, env("IMMAGIN_ADDR=:0", "IMMAGIN_DATA="+data, "IMMAGIN_STORE=mem://", "IMMAGIN_CACHE=none", "IMMAGIN_USAGE=postgres://db/usage",
			"IMMAGIN_TENANT=acme", "IMMAGIN_SECRET=0123456789abcdef", "IMMAGIN_API_KEY="+testKey), io.Discard)
		require.NoError(t, err)
		require.Equal(t, ":0", c.addr)
		require.Equal(t, "mem://", c.store)
		require.Equal(t, noCache, c.cache)
		require.Equal(t, "postgres://db/usage", c.usage)
		require.Equal(t, "acme", c.tenant)
		require.Equal(t, "0123456789abcdef", c.secret)
		require.Equal(t, testKey, c.apiKey.Reveal())
	})
	t.Run("a flag goes before its variable", func(t *testing.T) {
		c, err := readConfig([]string{"-tenant", "flagged", "-playground"}, env("IMMAGIN_TENANT=acme", "IMMAGIN_DATA="+data), io.Discard)
		require.NoError(t, err)
		require.Equal(t, "flagged", c.tenant)
		require.True(t, c.playground)
	})
	t.Run("data becomes absolute", func(t *testing.T) {
		c, err := readConfig([]string{"-data", "here"}, env(), io.Discard)
		require.NoError(t, err)
		require.True(t, filepath.IsAbs(c.data))
	})
	for name, bad := range map[string]struct {
		args []string
		env  string
		want string
	}{
		"usage flag":      {[]string{"-usage", "mysql://localhost/x"}, "", "-usage"},
		"usage variable":  {nil, "IMMAGIN_USAGE=sqlite://x", "IMMAGIN_USAGE"},
		"short secret":    {[]string{"-secret", "0123456789abcde"}, "", "at least 16"},
		"malformed key":   {[]string{"-api-key", "imk_short"}, "", "-api-key"},
		"tenant no label": {[]string{"-tenant", "Not A Label"}, "", "-tenant"},
		"unknown flag":    {[]string{"-nope"}, "", "-nope"},
		"argument":        {[]string{"extra"}, "", `"extra"`},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := readConfig(bad.args, env(bad.env, "IMMAGIN_DATA="+data), &out)
			require.ErrorContains(t, err, bad.want)
			require.Empty(t, out.String(), "told once, by who called")
		})
	}
	t.Run("errors do not repeat a key or a secret", func(t *testing.T) {
		_, err := readConfig([]string{"-secret", "hunter2"}, env(), io.Discard)
		require.NotContains(t, err.Error(), "hunter2")
		_, err = readConfig([]string{"-api-key", "imk_hunter2"}, env(), io.Discard)
		require.NotContains(t, err.Error(), "hunter2")
	})
	t.Run("help names every flag and variable", func(t *testing.T) {
		var out bytes.Buffer
		_, err := readConfig([]string{"-help"}, env(), &out)
		require.ErrorIs(t, err, flag.ErrHelp)
		for _, name := range []string{"addr", "data", "store", "cache", "usage", "tenant", "secret", "api-key"} {
			require.Contains(t, out.String(), "-"+name)
			require.Contains(t, out.String(), "IMMAGIN_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
		}
		require.Contains(t, out.String(), "-playground")
	})
}
