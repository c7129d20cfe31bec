package credentials
import ("testing";"os";"encoding/json";"strings";"unicode")
func TestDiff(t *testing.T){ b,_:=os.ReadFile("/tmp/dom/vec.json"); var v struct{Sim [][]any; Num string}; if err:=json.Unmarshal(b,&v);err!=nil{t.Fatal(err)}
n,hits:=0,0
for _,e:=range v.Sim{ s:=e[1].([]any); err:=Dissimilar().Check(NewPassword(e[0].(string)),Subject{s[0].(string),s[1].(string),s[2].(string),s[3].(string)}); m:=""; if err!=nil{m=err.Error();hits++}; if m!=e[2].(string){n++; if n<10 {t.Errorf("%q got %q",e,m)}}}
t.Log(len(v.Sim),hits,n)
n=0
for r:=rune(0);r<=unicode.MaxRune;r++{ if r>=0xd800&&r<0xe000{continue}; want:=strings.ContainsRune(v.Num,r); got:=NotNumeric().Check(NewPassword(string(r)),Subject{})!=nil; if got!=want {n++; if n<90{t.Logf("numeric %U go %v py %v",r,got,want)}}}
t.Log(n)
}
