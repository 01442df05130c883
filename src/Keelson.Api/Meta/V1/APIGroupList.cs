using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList", SelfVersion = "v1")]
public sealed partial record APIGroupList
{
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<APIGroup> Groups { get; init; }
}
