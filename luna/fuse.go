package luna

import "github.com/immagin/immagin-go/luna/op"

// fuse makes one of tables that meet.
func (p *planner) fuse() {
	for i := 0; i+1 < len(p.Ops); {
		first, ok := p.Ops[i].(op.LUT)
		second, ok2 := p.Ops[i+1].(op.LUT)
		if !ok || !ok2 {
			i++
			continue
		}
		p.Ops[i] = first.Then(second)
		p.Ops = append(p.Ops[:i+1], p.Ops[i+2:]...)
	}
}
