package apitest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
)

func TestFakesPass(t *testing.T) {
	k := newFakeKeys("")
	TestKeys(t, func() (api.Keys, error) { return k, nil }, nil)
	p := newFakeProjects("")
	TestProjects(t, func() (ProjectStore, error) { return p, nil }, nil)
	n := &fakeNonces{used: map[string]bool{}}
	TestNonces(t, func() (api.Nonces, error) { return n, nil }, nil)
}

// fails expects the check of that name to have something to say.
func fails[S any](t *testing.T, checks []Check[S], name string, store S) {
	t.Helper()
	i := slices.IndexFunc(checks, func(c Check[S]) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	var err error
	for range 100 { // what goes wrong at once does not do so each time
		if err = checks[i].Run(t.Context(), func() (S, error) { return store, nil }, nil); err != nil {
			break
		}
	}
	require.Error(t, err)
	t.Log(err)
}

// TestKeysChecks takes one duty at a time away from a store, and expects the
// check that is about it to notice.
func TestKeysChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"hashes":                                "RoundTrip",
		"UTC":                                   "RoundTrip",
		"microseconds":                          "RoundTrip",
		"times of use at creation":              "RoundTrip",
		"each once":                             "RoundTrip",
		"all of one prefix":                     "Prefixes",
		"telling case apart":                    "Prefixes",
		"keeping what is there":                 "Taken",
		"IDs of all tenants":                    "Taken",
		"refusing":                              "Refused",
		"saying that it is invalid":             "Refused",
		"short errors":                          "Refused",
		"whole names":                           "Texts",
		"long tenants":                          "Texts",
		"tenants of lists":                      "Texts",
		"order of times":                        "Order",
		"order of IDs":                          "Order",
		"revoking":                              "Revoke",
		"revoking one only":                     "Revoke",
		"tenants of Revoke":                     "Revoke",
		"saying that it is not there to Revoke": "Revoke",
		"asking each time":                      "RevokedElsewhere",
		"noting uses":                           "Used",
		"never moving back":                     "Used",
		"bounds of times":                       "Used",
		"tenants of Used":                       "Used",
		"saying that it is not there to Used":   "Used",
		"finding nothing":                       "Hostile",
		"listing nothing":                       "Hostile",
		"taking prefixes literally":             "Hostile",
		"contexts of Lookup":                    "Canceled",
		"contexts of List":                      "Canceled",
		"contexts of Create":                    "Canceled",
		"contexts of Used":                      "Canceled",
		"contexts of Revoke":                    "Canceled",
		"creating at once":                      "ConcurrentCreate",
		"revoking at once":                      "ConcurrentRevoke",
		"staying revoked":                       "ConcurrentRevoke",
		"using at once":                         "ConcurrentUse",
	} {
		t.Run(lacks, func(t *testing.T) { fails[api.Keys](t, KeysChecks(), check, newFakeKeys(lacks)) })
	}
}

func TestProjectsChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"retired secrets":            "RoundTrip",
		"listing all":                "Texts",
		"asking each time":           "Replace",
		"checking projects":          "Refused",
		"checking tenants":           "Refused",
		"hiding secrets":             "Refused",
		"telling tenants apart":      "Texts",
		"saying that there is none":  "Hostile",
		"saying that there was none": "Delete",
		"deleting":                   "Delete",
		"deleting one only":          "Delete",
		"contexts of Project":        "Canceled",
		"contexts of List":           "Canceled",
		"contexts of Put":            "Canceled",
		"contexts of Delete":         "Canceled",
		"putting at once":            "Concurrent",
	} {
		t.Run(lacks, func(t *testing.T) { fails[ProjectStore](t, ProjectsChecks(), check, newFakeProjects(lacks)) })
	}
}

func TestNoncesChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"remembering":                  "Once",
		"saying that it was used":      "Once",
		"telling tenants apart":        "Tenants",
		"telling where a tenant ends":  "Tenants",
		"telling case apart":           "Tenants",
		"short lives":                  "Lives",
		"long lives":                   "Lives",
		"telling hostile nonces apart": "Hostile",
		"long nonces":                  "Hostile",
		"contexts of Use":              "Canceled",
		"using at once":                "Concurrent",
	} {
		t.Run(lacks, func(t *testing.T) {
			fails[api.Nonces](t, NoncesChecks(), check, &fakeNonces{lacking: lacking(lacks), used: map[string]bool{}})
		})
	}
}
