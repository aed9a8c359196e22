package servertest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Azurite's account, which everybody knows.
// https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
const (
	azureAccount = "devstoreaccount1"
	azureKey     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
	azureVersion = "2021-12-02"
)

// Azure runs azurite, with its objects in a temporary folder, and returns the
// URL of an empty container, as storage/bucket opens it. It sets the account in
// the test's environment.
func Azure(t testing.TB) (bucketURL string) {
	t.Helper()
	Find(t, "node") // which azurite is for
	path := Find(t, "azurite-blob")
	dir := t.TempDir()
	address := Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			return []string{
				"--blobHost", host, "--blobPort", strconv.Itoa(port), "--location", dir, "--silent",
				"--disableTelemetry", "--skipApiVersionCheck",
			}
		},
		Env: []string{"AZURITE_ACCOUNTS="}, // only the well-known one
		Dir: dir,
	})
	createContainer(t, address)
	t.Setenv("AZURE_STORAGE_ACCOUNT", azureAccount)
	t.Setenv("AZURE_STORAGE_KEY", azureKey)
	for _, name := range []string{"AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGEBLOB_CONNECTIONSTRING"} {
		t.Setenv(name, "")
	}
	return "azblob://" + bucketName + "?" + url.Values{"protocol": {"http"}, "domain": {address}, "localemu": {"true"}}.Encode()
}

// createContainer signs its one request itself, which needs no SDK.
// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
func createContainer(t testing.TB, address string) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+address+"/"+azureAccount+"/"+bucketName+"?restype=container", nil)
	if err != nil {
		t.Fatal(err)
	}
	date := time.Now().UTC().Format(http.TimeFormat)
	r.Header.Set("x-ms-date", date)
	r.Header.Set("x-ms-version", azureVersion)
	key, err := base64.StdEncoding.DecodeString(azureKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	// The method, eleven standard headers that are empty, those of Azure, and
	// the resource; in a path, an emulator's account comes twice.
	io.WriteString(mac, http.MethodPut+strings.Repeat("\n", 12)+
		"x-ms-date:"+date+"\nx-ms-version:"+azureVersion+"\n"+
		"/"+azureAccount+"/"+azureAccount+"/"+bucketName+"\nrestype:container")
	r.Header.Set("Authorization", "SharedKey "+azureAccount+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		t.Fatalf("azurite made no container: %s: %s", response.Status, said)
	}
}
