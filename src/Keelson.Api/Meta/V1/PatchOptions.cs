using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>How an object is to be patched.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions", SelfVersion = "v1")]
public sealed partial record PatchOptions
{
    /// <summary>With the value All the request is processed fully but nothing is stored.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> DryRun { get; init; }

    /// <summary>
    /// Takes fields over from other managers instead of reporting a conflict. Only for apply patches.
    /// </summary>
    [Field(2)]
    public partial bool? Force { get; init; }

    /// <summary>
    /// Name of the writer for managedFields, at most 128 printable characters. Required for apply patches.
    /// </summary>
    [Field(3)]
    public partial string FieldManager { get; init; }

    /// <summary>Treatment of unknown and duplicate fields: Ignore, Warn (the default) or Strict.</summary>
    [Field(4)]
    public partial string FieldValidation { get; init; }
}
