namespace Keelson.Api.Core.V1;

public sealed partial record ComponentStatus
{
    /// <inheritdoc cref="Kinds.IKind{T}.Deprecation"/>
    public static string? Deprecation => "v1 ComponentStatus is deprecated in v1.19+";
}
