# The service: run by `cmake --install` with CMAKE_INSTALL_PREFIX and, of the environment, DESTDIR.
# `deploy` is the folder of this file. The permissions are said, so that no umask of root's shuts the service out.
set(for_all OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(for_all_to_enter OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# systemd looks below /usr and below /usr/local; the unit names the program by its whole path.
file(READ ${deploy}/hiveframed.service unit)
string(REPLACE "=/usr/bin/" "=${CMAKE_INSTALL_PREFIX}/bin/" unit "${unit}")
set(folder "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system")
message(STATUS "Installing: ${folder}/hiveframed.service")
file(WRITE ${folder}/hiveframed.service "${unit}")
file(CHMOD ${folder}/hiveframed.service PERMISSIONS ${for_all})

# Where the unit looks for them, whatever the prefix is. What is there is the operator's.
set(folder "$ENV{DESTDIR}/etc/hiveframed")
foreach(each ${folder} ${folder}/pipelines)
  if(NOT EXISTS ${each})
    message(STATUS "Installing: ${each}")
    file(MAKE_DIRECTORY ${each})
    file(CHMOD ${each} PERMISSIONS ${for_all_to_enter})
  endif()
endforeach()
if(EXISTS ${folder}/hiveframed.yaml)
  message(STATUS "Kept: ${folder}/hiveframed.yaml")
else()
  message(STATUS "Installing: ${folder}/hiveframed.yaml")
  file(COPY ${deploy}/hiveframed.yaml DESTINATION ${folder} FILE_PERMISSIONS ${for_all})
endif()
