package edit_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/edittest"
)

// script builds the objects that it reads and prints what a TypeScript client
// would sign: base64url of JSON.stringify.
const script = edittest.Build + `
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n');
for (const line of lines) console.log(Buffer.from(JSON.stringify(build(JSON.parse(line)))).toString('base64url'));
`

func TestEncodeLikeNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not there: not compared with JSON.stringify")
	}
	const n = 1000
	var in bytes.Buffer
	var want []string
	for seed := range n {
		r := edittest.Requests().Example(seed)
		b, err := edittest.Describe(r)
		require.NoError(t, err)
		in.Write(append(b, '\n'))
		payload, err := r.Payload()
		require.NoError(t, err)
		want = append(want, payload)
	}
	command := exec.Command(node, "-e", script)
	command.Stdin = &in
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, got, n)
	for i := range got {
		if got[i] != want[i] {
			r, err := edit.Decode(got[i], roomy)
			require.NoError(t, err)
			t.Logf("node: %+v", r)
			require.Equal(t, got[i], want[i])
		}
	}
}
