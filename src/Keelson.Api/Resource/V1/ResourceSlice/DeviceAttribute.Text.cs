using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Attributes as upstream prints them in errors.</summary>
internal static class DeviceText
{
    public static string Render(DeviceAttribute attribute) => ErrorValue.Object(
        ("IntValue", attribute.Int is { } number ? Number(number) : "null"),
        ("BoolValue", attribute.Bool is { } truth ? Truth(truth) : "null"),
        ("StringValue", ErrorValue.Json(attribute.String)),
        ("VersionValue", ErrorValue.Json(attribute.Version)),
        ("IntValues", List(attribute.Ints, Number)),
        ("BoolValues", List(attribute.Bools, Truth)),
        ("StringValues", ErrorValue.Json(attribute.Strings)),
        ("VersionValues", ErrorValue.Json(attribute.Versions)));

    private static string List<T>(ApiList<T> list, Func<T, string> render) =>
        list.IsAbsent ? "null" : "[" + string.Join(',', list.Select(render)) + "]";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Truth(bool truth) => truth ? "true" : "false";
}
