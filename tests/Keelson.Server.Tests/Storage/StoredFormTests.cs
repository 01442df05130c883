using System.Text;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

public sealed class StoredFormTests
{
    [Fact]
    public void An_empty_list_is_stored_as_null_like_upstreams_protobuf_has_it()
    {
        var role = new ClusterRole { Metadata = ObjectMeta.Empty with { Name = "r" }, Rules = [] };
        Assert.EndsWith("\"rules\":null}", Encoding.UTF8.GetString(StoredForm.Encode(role)));
    }
}
