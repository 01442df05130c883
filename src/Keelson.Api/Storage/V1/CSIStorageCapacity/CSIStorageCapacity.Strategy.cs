namespace Keelson.Api.Storage.V1;

public sealed partial record CSIStorageCapacity
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;
}
