using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>A claim's spec as upstream prints it in errors.</summary>
internal static class ResourceClaimText
{
    public static string Render(ResourceClaimSpec spec) => ErrorValue.Object(
        ("Devices", ErrorValue.Object(
            ("Requests", ErrorValue.List([.. spec.Devices.Requests.Select(Render)])),
            ("Constraints", ErrorValue.List([.. spec.Devices.Constraints.Select(Render)])),
            ("Config", ErrorValue.List([.. spec.Devices.Config.Select(Render)])))));

    private static string Render(DeviceRequest request) => ErrorValue.Object(
        ("Name", ErrorValue.Json(request.Name)),
        ("Exactly", request.Exactly is not { } exactly ? "null" : ErrorValue.Object(
            ("DeviceClassName", ErrorValue.Json(exactly.DeviceClassName)),
            ("Selectors", Render(exactly.Selectors)),
            ("AllocationMode", ErrorValue.Json(exactly.AllocationMode)),
            ("Count", Number(exactly.Count)),
            ("AdminAccess", exactly.AdminAccess switch { true => "true", false => "false", null => "null" }),
            ("Tolerations", Render(exactly.Tolerations)),
            ("Capacity", Render(exactly.Capacity)))),
        ("FirstAvailable", ErrorValue.List([.. request.FirstAvailable.Select(Render)])));

    private static string Render(DeviceSubRequest request) => ErrorValue.Object(
        ("Name", ErrorValue.Json(request.Name)),
        ("DeviceClassName", ErrorValue.Json(request.DeviceClassName)),
        ("Selectors", Render(request.Selectors)),
        ("AllocationMode", ErrorValue.Json(request.AllocationMode)),
        ("Count", Number(request.Count)),
        ("Tolerations", Render(request.Tolerations)),
        ("Capacity", Render(request.Capacity)));

    private static string Render(ApiList<DeviceSelector> selectors) => ErrorValue.List([.. selectors.Select(static one =>
        ErrorValue.Object(("CEL", one.Cel is { } cel
            ? ErrorValue.Object(("Expression", ErrorValue.Json(cel.Expression)))
            : "null")))]);

    private static string Render(ApiList<DeviceToleration> tolerations) => ErrorValue.List([.. tolerations.Select(static one =>
        ErrorValue.Object(
            ("Key", ErrorValue.Json(one.Key)),
            ("Operator", ErrorValue.Json(one.Operator)),
            ("Value", ErrorValue.Json(one.Value)),
            ("Effect", ErrorValue.Json(one.Effect)),
            ("TolerationSeconds", one.TolerationSeconds is { } seconds ? Number(seconds) : "null")))]);

    private static string Render(CapacityRequirements? capacity)
    {
        if (capacity is null)
        {
            return "null";
        }

        IEnumerable<string> entries = capacity.Requests.Select(static one =>
            $"{ErrorValue.Json(one.Key)}:{ErrorValue.Json(one.Value.ToString())}");
        return ErrorValue.Object(
            ("Requests", capacity.Requests.IsAbsent ? "null" : "{" + string.Join(',', entries) + "}"));
    }

    private static string Render(DeviceConstraint constraint) => ErrorValue.Object(
        ("Requests", ErrorValue.Json(constraint.Requests)),
        ("MatchAttribute", ErrorValue.Json(constraint.MatchAttribute)),
        ("DistinctAttribute", ErrorValue.Json(constraint.DistinctAttribute)));

    private static string Render(DeviceClaimConfiguration config) => ErrorValue.Object(
        ("Requests", ErrorValue.Json(config.Requests)),
        ("Opaque", config.DeviceConfiguration.Opaque is not { } opaque ? "null" : ErrorValue.Object(
            ("Driver", ErrorValue.Json(opaque.Driver)),
            ("Parameters", opaque.Parameters.IsAbsent ? "null" : opaque.Parameters.ToString()))));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
