using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>A change of an object, as sent on a watch.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent")]
public sealed partial record WatchEvent
{
    /// <summary>ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Type { get; init; }

    /// <summary>
    /// The new state of the object, the last one on DELETED, only a resource version on BOOKMARK, a Status on
    /// ERROR.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public partial RawJson Object { get; init; }
}
