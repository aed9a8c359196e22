package jpeg
import ("testing";"os";"bytes";stdjpeg "image/jpeg";"github.com/immagin/immagin-go/luna/codec";"github.com/immagin/immagin-go/luna/pixel")
func TestZZ(t *testing.T){
 f,_:=os.ReadFile(os.Getenv("ZZ"))
 _,err:=stdjpeg.Decode(bytes.NewReader(f))
 t.Log("std",err)
 s,err:=Codec{}.Decode(t.Context(),bytes.NewReader(f),codec.Request{})
 if err!=nil {t.Fatal(err)}
 m,err:=pixel.Drain(s)
 t.Log(m,err)
}
