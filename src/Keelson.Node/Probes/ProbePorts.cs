using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Probes;

/// <summary>Ports of containers by number or name.</summary>
internal static class ProbePorts
{
    /// <summary>The port's number.</summary>
    /// <exception cref="FormatException">There is no such port.</exception>
    public static int Resolve(IntOrString port, Container container)
    {
        int number = port.IsText ? ByName(port.Text, container) : port.Number;
        return number is > 0 and < 65536
            ? number
            : throw new FormatException($"invalid port number: {number}");
    }

    private static int ByName(string name, Container container)
    {
        foreach (ContainerPort one in container.Ports)
        {
            if (one.Name == name)
            {
                return one.ContainerPortValue;
            }
        }

        return int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"strconv.Atoi: parsing {GoText.Quote(name)}: invalid syntax");
    }
}
