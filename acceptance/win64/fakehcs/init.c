/* init.exe: the first process of a container, which stays until it is ended. */
#include <windows.h>

int main(void)
{
    Sleep(INFINITE);
    return 0;
}
