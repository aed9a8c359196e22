package op_test
import ("testing";"github.com/immagin/immagin-go/luna/op";"github.com/immagin/immagin-go/luna/pixel")
func TestZ2(t *testing.T){ m:=pixel.NewImage(nil,pixel.Shape{Width:2,Height:1,Layout:pixel.GrayAlpha}); m.Planes[0].Pix[0]=100;m.Planes[0].Pix[1]=120;m.Planes[1].Pix[0]=255;m.Planes[1].Pix[1]=255
o,_:=zrun(m,op.Rotate{Degrees:30,Background:[4]uint8{0x84,0x84,0x84,255}}); t.Log(o.Shape,o.Planes[0].Pix,o.Planes[1].Pix)}
