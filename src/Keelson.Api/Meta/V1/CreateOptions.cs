using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>How an object is to be created.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions", SelfVersion = "v1")]
public sealed partial record CreateOptions
{
    /// <summary>With the value All the request is processed fully but nothing is stored.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> DryRun { get; init; }

    /// <summary>
    /// Name of the writer for managedFields, at most 128 printable characters. Defaults to the first part of the
    /// user agent.
    /// </summary>
    [Field(3)]
    public partial string FieldManager { get; init; }

    /// <summary>
    /// Treatment of unknown and duplicate fields: Ignore drops them, Warn also returns a warning (the default),
    /// Strict rejects the request.
    /// </summary>
    [Field(4)]
    public partial string FieldValidation { get; init; }
}
