using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A claim's spec with upstream's internal names, for the error that shows what was changed.</summary>
internal static class ClaimSpecText
{
    public static string Render(PersistentVolumeClaimSpec spec) => ErrorValue.Object(
        ("AccessModes", spec.AccessModes.IsAbsent ? "null" : ErrorValue.Json(spec.AccessModes)),
        ("Selector", spec.Selector is null ? "null" : ErrorValue.Json(spec.Selector)),
        ("Resources", ErrorValue.Object(
            ("Limits", ErrorValue.Json(spec.Resources.Limits)),
            ("Requests", ErrorValue.Json(spec.Resources.Requests)))),
        ("VolumeName", ErrorValue.Json(spec.VolumeName)),
        ("StorageClassName", ErrorValue.Json(spec.StorageClassName)),
        ("VolumeMode", ErrorValue.Json(spec.VolumeMode)),
        ("DataSource", spec.DataSource is not { } source ? "null" : ErrorValue.Object(
            ("APIGroup", ErrorValue.Json(source.ApiGroup)),
            ("Kind", ErrorValue.Json(source.Kind)),
            ("Name", ErrorValue.Json(source.Name)))),
        ("DataSourceRef", spec.DataSourceRef is not { } reference ? "null" : ErrorValue.Object(
            ("APIGroup", ErrorValue.Json(reference.ApiGroup)),
            ("Kind", ErrorValue.Json(reference.Kind)),
            ("Name", ErrorValue.Json(reference.Name)),
            ("Namespace", ErrorValue.Json(reference.Namespace)))),
        ("VolumeAttributesClassName", ErrorValue.Json(spec.VolumeAttributesClassName)));
}
