namespace Keelson.Api.Storage.V1;

public sealed partial record CSINode
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;
}
