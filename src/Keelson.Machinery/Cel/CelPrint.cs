using System.Globalization;

namespace Keelson.Machinery.Cel;

/// <summary>Values as texts.</summary>
internal static class CelPrint
{
    /// <summary>A value without quotes.</summary>
    public static string Plain(CelValue value) => value switch
    {
        CelString one => one.Text,
        CelInt one => one.Number.ToString(CultureInfo.InvariantCulture),
        CelUint one => one.Number.ToString(CultureInfo.InvariantCulture),
        CelDouble one => Double(one.Number),
        CelBool one => one.Truth ? "true" : "false",
        CelNull => "null",
        CelType one => one.Name,
        CelQuantity one => one.Amount.ToString(),
        CelSemver one => one.Version.ToString(),
        CelError one => one.Message,
        _ => value.TypeName,
    };

    private static string Double(double number) =>
        double.IsPositiveInfinity(number) ? "+Inf"
        : double.IsNegativeInfinity(number) ? "-Inf"
        : number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
}
