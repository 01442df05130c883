using Keelson.Api.Kinds;

namespace Keelson.Api.Batch.V1;

/// <summary>
/// One way to fulfil the success policy; at least one of its fields is needed. With both, succeededCount of the
/// listed indexes must succeed.
/// </summary>
[ApiType("io.k8s.api.batch.v1.SuccessPolicyRule")]
public sealed partial record SuccessPolicyRule
{
    /// <summary>
    /// Indexes that matter, as comma-separated numbers and ranges such as 0,2-4, within 0 to completions - 1.
    /// Alone, all of them must succeed.
    /// </summary>
    [Field(1)]
    public partial string? SucceededIndexes { get; init; }

    /// <summary>
    /// How many of the indexes must succeed: of those in succeededIndexes if given, otherwise of all. Must be
    /// positive and not exceed their number.
    /// </summary>
    [Field(2)]
    public partial int? SucceededCount { get; init; }
}
