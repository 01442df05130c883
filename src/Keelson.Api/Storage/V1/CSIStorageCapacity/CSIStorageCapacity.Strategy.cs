using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Storage.V1;

public sealed partial record CSIStorageCapacity
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(CSIStorageCapacity obj, CSIStorageCapacity? old) =>
        DeprecatedLabels.Warnings(obj.NodeTopology, FieldPath.Of("nodeTopology"));
}
